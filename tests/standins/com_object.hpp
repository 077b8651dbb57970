// Test fixture: what do all objects of a COM stand-in have?
#pragma once

#include <winsock2.h>

#include <windows.h>

#include <oaidl.h>

#include <atomic>

#ifdef __GNUC__
// COM interfaces have no destructor: objects die in Release.
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
#endif

namespace rdpmedic::standin {

// Objects that are alive, so that the DLL stays as long.
inline std::atomic<long> objects{0};

// Counts its references and dies with the last. Begins with one.
template <class Interface>
class Object : public Interface {
  public:
    Object() { ++objects; }
    virtual ~Object() { --objects; }
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;

    ULONG STDMETHODCALLTYPE AddRef() override { return ++references_; }
    ULONG STDMETHODCALLTYPE Release() override {
        const ULONG left = --references_;
        if (left == 0)
            delete this;
        return left;
    }
    HRESULT STDMETHODCALLTYPE QueryInterface(REFIID id, void** object) override {
        if (!object)
            return E_POINTER;
        *object = nullptr;
        if (id != __uuidof(IUnknown) && id != __uuidof(Interface) && !(is_dispatch && id == __uuidof(IDispatch)))
            return E_NOINTERFACE;
        AddRef();
        *object = static_cast<Interface*>(this);
        return S_OK;
    }

  private:
    static constexpr bool is_dispatch = std::is_base_of_v<IDispatch, Interface>;
    std::atomic<ULONG> references_{1};
};

// Not for scripts: nothing is called by name.
template <class Interface>
class DispatchObject : public Object<Interface> {
  public:
    HRESULT STDMETHODCALLTYPE GetTypeInfoCount(UINT*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE GetTypeInfo(UINT, LCID, ITypeInfo**) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE GetIDsOfNames(REFIID, LPOLESTR*, UINT, LCID, DISPID*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE Invoke(DISPID, REFIID, LCID, WORD, DISPPARAMS*, VARIANT*, EXCEPINFO*, UINT*) override {
        return E_NOTIMPL;
    }
};

} // namespace rdpmedic::standin
