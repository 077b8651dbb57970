// Test fixture: the rules of the stand-in for Windows Firewall, as a collection.
#include "tests/standins/firewall_rules.hpp"

namespace rdpmedic::standin {
namespace {

using Row = std::pair<std::wstring, std::wstring>; // id, text

std::vector<Row> rows() {
    std::vector<Row> all;
    HKEY key = nullptr;
    if (::RegOpenKeyExW(HKEY_LOCAL_MACHINE, rules_key, 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, &key) != ERROR_SUCCESS)
        return all;
    std::vector<wchar_t> text(8192);
    for (DWORD index = 0;; ++index) {
        wchar_t name[512] = {};
        DWORD name_size = 512, type = 0, size = static_cast<DWORD>((text.size() - 1) * sizeof(wchar_t));
        std::fill(text.begin(), text.end(), L'\0');
        if (::RegEnumValueW(key, index, name, &name_size, nullptr, &type, reinterpret_cast<BYTE*>(text.data()),
                            &size) != ERROR_SUCCESS)
            break;
        if (type == REG_SZ)
            all.emplace_back(name, text.data());
    }
    ::RegCloseKey(key);
    return all;
}

Rule* find(BSTR name) {
    for (const auto& [id, text] : rows()) {
        auto* const rule = new Rule(id, fields_of(text));
        if (rule->display_name() == name)
            return rule;
        rule->Release();
    }
    return nullptr;
}

class Enumeration final : public Object<IEnumVARIANT> {
  public:
    HRESULT STDMETHODCALLTYPE Next(ULONG wanted, VARIANT* values, ULONG* fetched) override {
        ULONG count = 0;
        for (; count < wanted && at_ < rows_.size(); ++count, ++at_) {
            values[count].vt = VT_DISPATCH;
            values[count].pdispVal = new Rule(rows_[at_].first, fields_of(rows_[at_].second));
        }
        if (fetched)
            *fetched = count;
        return count == wanted ? S_OK : S_FALSE;
    }
    HRESULT STDMETHODCALLTYPE Skip(ULONG) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE Reset() override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE Clone(IEnumVARIANT**) override { return E_NOTIMPL; }

  private:
    std::vector<Row> rows_ = rows();
    std::size_t at_ = 0;
};

} // namespace

HRESULT Rules::get_Count(LONG* count) {
    *count = static_cast<LONG>(rows().size());
    return staged_failure();
}

// Ids of added rules are GUIDs, as those that Windows gives.
HRESULT Rules::Add(INetFwRule* rule) {
    if (const HRESULT failure = staged_failure(); failure != S_OK)
        return failure;
    GUID guid{};
    wchar_t id[64] = {};
    if (FAILED(::CoCreateGuid(&guid)) || ::StringFromGUID2(guid, id, 64) == 0)
        return E_FAIL;
    return static_cast<Rule*>(rule)->store_as(id);
}

HRESULT Rules::Remove(BSTR name) {
    if (const HRESULT failure = staged_failure(); failure != S_OK)
        return failure;
    Rule* const rule = find(name);
    if (!rule)
        return S_OK; // has no effect, as documented
    const LSTATUS status = ::RegDeleteKeyValueW(HKEY_LOCAL_MACHINE, rules_key, rule->id().c_str());
    rule->Release();
    return HRESULT_FROM_WIN32(static_cast<DWORD>(status));
}

HRESULT Rules::Item(BSTR name, INetFwRule** rule) {
    *rule = find(name);
    return *rule ? S_OK : HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND);
}

HRESULT Rules::get__NewEnum(IUnknown** rows) {
    if (const HRESULT failure = staged_failure(); failure != S_OK)
        return failure;
    *rows = new Enumeration;
    return S_OK;
}

} // namespace rdpmedic::standin
