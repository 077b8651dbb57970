// Test fixture, not part of the product: a COM server for CLSID_NetFwPolicy2, since Wine's answers E_NOTIMPL.
//
// get_CurrentProfileTypes answers from the environment variable RDPMEDIC_STANDIN_PROFILES, read anew at each question:
// any of "domain", "private" and "public" ("domain,public"), or a number, or "0x80070005" style for a failure with that
// HRESULT. Without the variable, and for every other method, it answers E_NOTIMPL as Wine's does.
#include <windows.h>

#include <netfw.h>

#include <atomic>
#include <string>

#ifdef __GNUC__
// COM interfaces have no destructor: objects die in Release.
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
#endif

namespace {

std::atomic<long> objects{0};

// E_NOTIMPL for everything but the one method that the product calls.
class Policy final : public INetFwPolicy2 {
  public:
    Policy() { ++objects; }
    virtual ~Policy() { --objects; }

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
        if (id != __uuidof(IUnknown) && id != __uuidof(IDispatch) && id != __uuidof(INetFwPolicy2))
            return E_NOINTERFACE;
        AddRef();
        *object = static_cast<INetFwPolicy2*>(this);
        return S_OK;
    }

    HRESULT STDMETHODCALLTYPE get_CurrentProfileTypes(LONG* profiles) override {
        char text[64] = {};
        if (::GetEnvironmentVariableA("RDPMEDIC_STANDIN_PROFILES", text, sizeof text) == 0)
            return E_NOTIMPL;
        const std::string words = text;
        if (words.rfind("0x", 0) == 0)
            return static_cast<HRESULT>(std::stoul(words, nullptr, 16));
        const auto bit = [&](const char* word, LONG value) { return words.find(word) == words.npos ? 0 : value; };
        const bool number = words.find_first_not_of("0123456789") == words.npos;
        *profiles = number ? std::stol(words) : bit("domain", 1) | bit("private", 2) | bit("public", 4);
        return S_OK;
    }

    using Profile = NET_FW_PROFILE_TYPE2;
    using Action = NET_FW_ACTION;
    HRESULT STDMETHODCALLTYPE GetTypeInfoCount(UINT*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE GetTypeInfo(UINT, LCID, ITypeInfo**) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE GetIDsOfNames(REFIID, LPOLESTR*, UINT, LCID, DISPID*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE Invoke(DISPID, REFIID, LCID, WORD, DISPPARAMS*, VARIANT*, EXCEPINFO*, UINT*) override {
        return E_NOTIMPL;
    }
    HRESULT STDMETHODCALLTYPE get_FirewallEnabled(Profile, VARIANT_BOOL*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_FirewallEnabled(Profile, VARIANT_BOOL) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_ExcludedInterfaces(Profile, VARIANT*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_ExcludedInterfaces(Profile, VARIANT) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_BlockAllInboundTraffic(Profile, VARIANT_BOOL*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_BlockAllInboundTraffic(Profile, VARIANT_BOOL) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_NotificationsDisabled(Profile, VARIANT_BOOL*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_NotificationsDisabled(Profile, VARIANT_BOOL) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_UnicastResponsesToMulticastBroadcastDisabled(Profile, VARIANT_BOOL*) override {
        return E_NOTIMPL;
    }
    HRESULT STDMETHODCALLTYPE put_UnicastResponsesToMulticastBroadcastDisabled(Profile, VARIANT_BOOL) override {
        return E_NOTIMPL;
    }
    HRESULT STDMETHODCALLTYPE get_Rules(INetFwRules**) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_ServiceRestriction(INetFwServiceRestriction**) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE EnableRuleGroup(LONG, BSTR, VARIANT_BOOL) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE IsRuleGroupEnabled(LONG, BSTR, VARIANT_BOOL*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE RestoreLocalFirewallDefaults() override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_DefaultInboundAction(Profile, Action*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_DefaultInboundAction(Profile, Action) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_DefaultOutboundAction(Profile, Action*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_DefaultOutboundAction(Profile, Action) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_IsRuleGroupCurrentlyEnabled(BSTR, VARIANT_BOOL*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_LocalPolicyModifyState(NET_FW_MODIFY_STATE*) override { return E_NOTIMPL; }

  private:
    std::atomic<ULONG> references_{1};
};

// Lives as long as the DLL, so it counts nothing.
class Factory final : public IClassFactory {
  public:
    virtual ~Factory() = default;
    ULONG STDMETHODCALLTYPE AddRef() override { return 2; }
    ULONG STDMETHODCALLTYPE Release() override { return 1; }
    HRESULT STDMETHODCALLTYPE QueryInterface(REFIID id, void** object) override {
        if (!object)
            return E_POINTER;
        const bool known = id == __uuidof(IUnknown) || id == __uuidof(IClassFactory);
        *object = known ? this : nullptr;
        return known ? S_OK : E_NOINTERFACE;
    }
    HRESULT STDMETHODCALLTYPE CreateInstance(IUnknown* outer, REFIID id, void** object) override {
        if (outer)
            return CLASS_E_NOAGGREGATION;
        auto* const policy = new Policy;
        const HRESULT status = policy->QueryInterface(id, object);
        policy->Release();
        return status;
    }
    HRESULT STDMETHODCALLTYPE LockServer(BOOL lock) override {
        objects += lock ? 1 : -1;
        return S_OK;
    }
};

} // namespace

STDAPI DllGetClassObject(REFCLSID class_id, REFIID id, void** object) {
    static Factory factory;
    if (class_id != __uuidof(NetFwPolicy2))
        return CLASS_E_CLASSNOTAVAILABLE;
    return factory.QueryInterface(id, object);
}

STDAPI DllCanUnloadNow() { return objects == 0 ? S_OK : S_FALSE; }
