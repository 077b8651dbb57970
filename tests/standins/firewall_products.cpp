// Test fixture: the firewalls of other makers that are registered with the stand-in for Windows Firewall.
#include "tests/standins/firewall_products.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace rdpmedic::standin {
namespace {

std::vector<std::wstring> parts_of(const std::wstring& text, wchar_t separator) {
    std::vector<std::wstring> parts;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = std::min(text.find(separator, from), text.size());
        parts.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return parts;
}

std::wstring staged() {
    wchar_t text[512] = {};
    ::GetEnvironmentVariableW(L"RDPMEDIC_STANDIN_FIREWALLS", text, 512);
    return text;
}

class Product final : public DispatchObject<INetFwProduct> {
  public:
    // "Example Firewall=1,2"
    explicit Product(const std::wstring& text)
        : name_(text.substr(0, text.find(L'='))), categories_(text.substr(name_.size() + 1)) {}

    // An array of VARIANT, as Microsoft's sample registers it.
    HRESULT STDMETHODCALLTYPE get_RuleCategories(VARIANT* value) override {
        if (categories_ == L"!")
            return E_FAIL;
        ::VariantInit(value);
        const auto words = parts_of(categories_, L',');
        value->parray = ::SafeArrayCreateVector(VT_VARIANT, 0, static_cast<ULONG>(words.size()));
        value->vt = VT_ARRAY | VT_VARIANT;
        for (LONG index = 0; index < static_cast<LONG>(words.size()); ++index) {
            const std::wstring& word = words[static_cast<std::size_t>(index)];
            VARIANT element;
            ::VariantInit(&element);
            if (word == L"x") {
                element.vt = VT_BSTR;
                element.bstrVal = ::SysAllocString(word.c_str());
            } else {
                element.vt = VT_I4;
                element.lVal = std::stol(word);
            }
            ::SafeArrayPutElement(value->parray, &index, &element); // which copies it
            ::VariantClear(&element);
        }
        return S_OK;
    }
    HRESULT STDMETHODCALLTYPE put_RuleCategories(VARIANT) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_DisplayName(BSTR* value) override {
        *value = ::SysAllocString(name_.c_str());
        return S_OK;
    }
    HRESULT STDMETHODCALLTYPE put_DisplayName(BSTR) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_PathToSignedProductExe(BSTR* value) override {
        *value = ::SysAllocString((L"C:\\" + name_ + L".exe").c_str());
        return S_OK;
    }

  private:
    std::wstring name_, categories_;
};

class Listing final : public Object<IEnumVARIANT> {
  public:
    HRESULT STDMETHODCALLTYPE Next(ULONG wanted, VARIANT* values, ULONG* fetched) override {
        ULONG count = 0;
        for (; count < wanted && at_ < rows_.size(); ++count, ++at_) {
            values[count].vt = VT_DISPATCH;
            values[count].pdispVal = new Product(rows_[at_]);
        }
        if (fetched)
            *fetched = count;
        return count == wanted ? S_OK : S_FALSE;
    }
    HRESULT STDMETHODCALLTYPE Skip(ULONG) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE Reset() override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE Clone(IEnumVARIANT**) override { return E_NOTIMPL; }

  private:
    std::vector<std::wstring> rows_ = parts_of(staged(), L';');
    std::size_t at_ = 0;
};

} // namespace

HRESULT Products::get_Count(LONG* count) {
    const std::wstring words = staged();
    if (words.empty())
        return E_NOTIMPL;
    if (words.rfind(L"0x", 0) == 0)
        return static_cast<HRESULT>(std::stoul(words, nullptr, 16));
    *count = words == L"none" ? 0 : static_cast<LONG>(parts_of(words, L';').size());
    return S_OK;
}

HRESULT Products::get__NewEnum(IUnknown** rows) {
    if (staged() == L"none")
        return E_FAIL; // nobody asks
    *rows = new Listing;
    return S_OK;
}

} // namespace rdpmedic::standin
