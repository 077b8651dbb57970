// Test fixture: a rule of the stand-in for Windows Firewall, which keeps its rules where Windows does, in the registry.
#include "tests/standins/firewall_rule.hpp"

#include <algorithm>

namespace rdpmedic::standin {
namespace {

// The order of the grammar, in which the protocol comes before the ports.
constexpr const wchar_t* order[] = {L"Action", L"Active", L"Dir", L"Protocol", L"Profile", L"LPort", L"LPort2_10",
                                    L"RA4",    L"RA6",    L"App", L"Svc",      L"Name",    L"Desc",  L"EmbedCtxt"};
constexpr std::pair<LONG, const wchar_t*> profile_names[] = {{1, L"Domain"}, {2, L"Private"}, {4, L"Public"}};

std::string staged() {
    char text[64] = {};
    return ::GetEnvironmentVariableA("RDPMEDIC_STANDIN_RULES", text, sizeof text) == 0 ? "" : text;
}

std::wstring text_of(BSTR value) { return value ? std::wstring(value, ::SysStringLen(value)) : std::wstring(); }

HRESULT answer(const std::wstring& text, BSTR* value) {
    *value = text.empty() ? nullptr : ::SysAllocStringLen(text.data(), static_cast<UINT>(text.size()));
    return text.empty() || *value ? S_OK : E_OUTOFMEMORY;
}

std::vector<std::wstring> items_of(const std::wstring& list) {
    std::vector<std::wstring> items;
    for (std::size_t from = 0; from < list.size();) {
        const std::size_t end = std::min(list.find(L',', from), list.size());
        items.push_back(list.substr(from, end - from));
        from = end + 1;
    }
    return items;
}

std::size_t rank_of(const std::wstring& name) {
    return static_cast<std::size_t>(std::find(std::begin(order), std::end(order), name) - std::begin(order));
}

} // namespace

HRESULT staged_failure() {
    const std::string words = staged();
    return words.rfind("0x", 0) == 0 ? static_cast<HRESULT>(std::stoul(words, nullptr, 16)) : S_OK;
}

bool is_deaf() { return staged() == "deaf"; }

Fields fields_of(const std::wstring& text) {
    Fields fields;
    std::size_t from = text.find(L'|') + 1; // after the version
    while (from != 0 && from < text.size()) {
        const std::size_t end = std::min(text.find(L'|', from), text.size()), equals = text.find(L'=', from);
        if (equals < end)
            fields.emplace_back(text.substr(from, equals - from), text.substr(equals + 1, end - equals - 1));
        from = end + 1;
    }
    return fields;
}

std::wstring Rule::field(const wchar_t* name) const {
    for (const auto& [key, value] : fields_)
        if (key == name)
            return value;
    return {};
}

void Rule::replace(const wchar_t* name, const std::vector<std::wstring>& values) {
    std::erase_if(fields_, [&](const auto& one) { return one.first == name; });
    for (const std::wstring& value : values)
        fields_.emplace_back(name, value);
    std::stable_sort(fields_.begin(), fields_.end(),
                     [](const auto& a, const auto& b) { return rank_of(a.first) < rank_of(b.first); });
}

HRESULT Rule::get(const wchar_t* name, BSTR* value) const { return answer(field(name), value); }

HRESULT Rule::set(const wchar_t* name, BSTR value) {
    replace(name, {text_of(value)});
    return save();
}

// With the version of a newer Windows, as the real one writes what it changes.
HRESULT Rule::save() const {
    if (id_.empty() || is_deaf())
        return S_OK;
    if (const HRESULT failure = staged_failure(); failure != S_OK)
        return failure;
    std::wstring text = L"v2.33|";
    for (const auto& [name, value] : fields_)
        text += name + L"=" + value + L"|";
    return HRESULT_FROM_WIN32(
        static_cast<DWORD>(::RegSetKeyValueW(HKEY_LOCAL_MACHINE, rules_key, id_.c_str(), REG_SZ, text.c_str(),
                                             static_cast<DWORD>((text.size() + 1) * sizeof(wchar_t)))));
}

HRESULT Rule::store_as(const std::wstring& id) {
    id_ = id;
    return save();
}

std::wstring Rule::display_name() const {
    const std::wstring name = field(L"Name");
    if (name == L"@FirewallAPI.dll,-28775")
        return L"Remote Desktop - User Mode (TCP-In)";
    if (name == L"@FirewallAPI.dll,-28776")
        return L"Remote Desktop - User Mode (UDP-In)";
    return name;
}

HRESULT Rule::get_Name(BSTR* value) { return answer(display_name(), value); }

HRESULT Rule::get_ApplicationName(BSTR* value) {
    wchar_t path[MAX_PATH] = {};
    ::ExpandEnvironmentStringsW(field(L"App").c_str(), path, MAX_PATH);
    return answer(path, value);
}

HRESULT Rule::get_Protocol(LONG* value) {
    const std::wstring text = field(L"Protocol");
    *value = text.empty() ? 256 : std::stol(text);
    return S_OK;
}

HRESULT Rule::put_Protocol(LONG value) {
    replace(L"Protocol", {std::to_wstring(value)});
    return save();
}

HRESULT Rule::get_LocalPorts(BSTR* value) {
    std::wstring ports;
    for (const auto& [name, port] : fields_)
        if (name.rfind(L"LPort", 0) == 0)
            ports += (ports.empty() ? L"" : L",") + port;
    const std::wstring protocol = field(L"Protocol");
    return answer(ports.empty() && (protocol == L"6" || protocol == L"17") ? L"*" : ports, value);
}

HRESULT Rule::put_LocalPorts(BSTR value) {
    if (field(L"Protocol").empty())
        return E_INVALIDARG; // ports of what?
    replace(L"LPort", items_of(text_of(value)));
    return save();
}

HRESULT Rule::put_RemoteAddresses(BSTR value) {
    const std::wstring text = text_of(value);
    replace(L"RA4", items_of(text));
    if (text == L"LocalSubnet")
        replace(L"RA6", {text});
    return save();
}

HRESULT Rule::get_Direction(NET_FW_RULE_DIRECTION* value) {
    *value = field(L"Dir") == L"Out" ? NET_FW_RULE_DIR_OUT : NET_FW_RULE_DIR_IN;
    return S_OK;
}

HRESULT Rule::put_Direction(NET_FW_RULE_DIRECTION value) {
    replace(L"Dir", {value == NET_FW_RULE_DIR_OUT ? L"Out" : L"In"});
    return save();
}

HRESULT Rule::get_Enabled(VARIANT_BOOL* value) {
    *value = field(L"Active") == L"TRUE" ? VARIANT_TRUE : VARIANT_FALSE;
    return S_OK;
}

HRESULT Rule::put_Enabled(VARIANT_BOOL value) {
    replace(L"Active", {value != VARIANT_FALSE ? L"TRUE" : L"FALSE"});
    return save();
}

HRESULT Rule::get_Profiles(LONG* value) {
    *value = 0;
    for (const auto& [bit, name] : profile_names)
        for (const auto& [key, profile] : fields_)
            if (key == L"Profile" && profile == name)
                *value |= bit;
    if (*value == 0)
        *value = 0x7FFFFFFF;
    return S_OK;
}

HRESULT Rule::put_Profiles(LONG value) {
    if (value == 0)
        return E_INVALIDARG;
    std::vector<std::wstring> names;
    for (const auto& [bit, name] : profile_names)
        if ((value & bit) != 0 && (value & 7) != 7)
            names.emplace_back(name);
    replace(L"Profile", names);
    return save();
}

HRESULT Rule::get_Action(NET_FW_ACTION* value) {
    *value = field(L"Action") == L"Block" ? NET_FW_ACTION_BLOCK : NET_FW_ACTION_ALLOW;
    return S_OK;
}

HRESULT Rule::put_Action(NET_FW_ACTION value) {
    replace(L"Action", {value == NET_FW_ACTION_BLOCK ? L"Block" : L"Allow"});
    return save();
}

} // namespace rdpmedic::standin
