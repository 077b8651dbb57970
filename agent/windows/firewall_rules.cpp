// What does the interface of Windows Firewall say about rules, and how does it change one?
#include "agent/windows/firewall_rules.hpp"

#include "probes/windows/system_library.hpp"

#include <oleauto.h>

#include <algorithm>

namespace rdpmedic::windows {

namespace {

// NET_FW_IP_PROTOCOL_ANY, which mingw-w64 does not declare:
// https://learn.microsoft.com/windows/win32/api/icftypes/ne-icftypes-net_fw_ip_protocol
constexpr long any_protocol = 256;
constexpr long three_profiles = 7; // "all" is 0x7FFFFFFF

struct TextTraits {
    using Raw = BSTR;
    static Raw none() noexcept { return nullptr; }
    static void close(Raw raw) noexcept { ::SysFreeString(raw); }
};
using Text = Handle<TextTraits>;

Text text_of(std::string_view utf8) {
    const std::wstring wide = to_wide(utf8);
    return Text(::SysAllocStringLen(wide.data(), static_cast<UINT>(wide.size())));
}

std::string text_of(const Text& text) {
    return text ? to_utf8({text.get(), ::SysStringLen(text.get())}) : std::string();
}

struct Variant {
    Variant() noexcept { ::VariantInit(&value); }
    ~Variant() { ::VariantClear(&value); }
    Variant(const Variant&) = delete;
    Variant& operator=(const Variant&) = delete;
    VARIANT value;
};

std::string expanded(const std::string& path) {
    wchar_t text[32768];
    const DWORD size = ::ExpandEnvironmentStringsW(to_wide(path).c_str(), text, 32768);
    return size == 0 || size > 32768 ? path : to_utf8(std::wstring_view(text, size - 1));
}

// The text that "@FirewallAPI.dll,-28752" stands for in this machine's language; any other text as it is.
// https://learn.microsoft.com/windows/win32/api/shlwapi/nf-shlwapi-shloadindirectstring
std::string loaded(const std::string& text) {
    using LoadIndirectString = HRESULT WINAPI(const wchar_t* source, wchar_t* to, UINT size, void** reserved);
    if (text.empty() || text.front() != '@')
        return text;
    const auto library = system_library(L"shlwapi.dll");
    auto* const load = library ? function_of<LoadIndirectString>(*library, "SHLoadIndirectString") : nullptr;
    wchar_t to[1024] = {};
    if (!load || FAILED(load(to_wide(text).c_str(), to, 1024, nullptr)))
        return text;
    return to_utf8(to);
}

bool same_resource(const std::string& a, const std::string& b) {
    return same_ignoring_case(a, b) || same_ignoring_case(loaded(a), loaded(b));
}

std::string port_text(const firewall::PortRange& range) {
    std::string text = std::to_string(range.first);
    return range.first == range.last ? text : text + "-" + std::to_string(range.last);
}

std::vector<std::string> ports_of(const firewall::FirewallRule& rule) {
    std::vector<std::string> ports = rule.local_port_keywords;
    for (const firewall::PortRange& range : rule.local_ports)
        ports.push_back(port_text(range));
    std::sort(ports.begin(), ports.end());
    return ports;
}

// "3389, 5000-5010"; "*" and nothing are any port.
std::vector<std::string> ports_of(const std::string& text) {
    std::vector<std::string> ports;
    std::string port;
    for (const char c : text + ",") {
        if (c == ',' && !port.empty() && port != "*")
            ports.push_back(port);
        if (c == ',')
            port.clear();
        else if (c != ' ')
            port += c;
    }
    std::sort(ports.begin(), ports.end());
    return ports;
}

long action_of(firewall::Action action) {
    return action == firewall::Action::block ? NET_FW_ACTION_BLOCK : NET_FW_ACTION_ALLOW;
}

// False where one property cannot be read: such a rule is none that anybody here means.
bool read(INetFwRule& rule, SeenRule& seen) {
    Text name, group, program, service, ports;
    NET_FW_RULE_DIRECTION direction{};
    NET_FW_ACTION action{};
    if (FAILED(rule.get_Name(name.out())) || FAILED(rule.get_Grouping(group.out())) ||
        FAILED(rule.get_ApplicationName(program.out())) || FAILED(rule.get_ServiceName(service.out())) ||
        FAILED(rule.get_LocalPorts(ports.out())) || FAILED(rule.get_Protocol(&seen.protocol)) ||
        FAILED(rule.get_Direction(&direction)) || FAILED(rule.get_Action(&action)) ||
        FAILED(rule.get_Profiles(&seen.profiles)))
        return false;
    seen.name = text_of(name);
    seen.group = text_of(group);
    seen.program = text_of(program);
    seen.service = text_of(service);
    seen.local_ports = text_of(ports);
    seen.direction = direction;
    seen.action = action;
    return true;
}

Result<Com<IEnumVARIANT>> enumeration_of(INetFwRules& rules) {
    Com<IUnknown> unknown;
    HRESULT status = rules.get__NewEnum(unknown.out());
    if (FAILED(status) || !unknown)
        return error_of_status(status, "INetFwRules::get__NewEnum", "this machine");
    Com<IEnumVARIANT> rows;
    status = unknown.get()->QueryInterface(__uuidof(IEnumVARIANT), reinterpret_cast<void**>(rows.out()));
    if (FAILED(status) || !rows)
        return error_of_status(status, "IUnknown::QueryInterface", "IEnumVARIANT");
    return rows;
}

// One method of INetFwRule that takes text.
using PutText = HRESULT (STDMETHODCALLTYPE INetFwRule::*)(BSTR);
Result<> put(INetFwRule& rule, PutText method, const char* call, const std::string& value) {
    const Text text = text_of(value);
    const HRESULT status = text ? (rule.*method)(text.get()) : E_OUTOFMEMORY;
    if (FAILED(status))
        return error_of_status(status, call, value);
    return {};
}

// The protocol comes before the ports, which are refused without one.
// https://learn.microsoft.com/windows/win32/api/netfw/nf-netfw-inetfwrule-put_localports
Result<> put_numbers(INetFwRule& rule, const AddFirewallRule& change) {
    HRESULT status = rule.put_Protocol(change.protocol);
    if (FAILED(status))
        return error_of_status(status, "INetFwRule::put_Protocol", std::to_string(change.protocol));
    status = rule.put_Direction(NET_FW_RULE_DIR_IN);
    if (FAILED(status))
        return error_of_status(status, "INetFwRule::put_Direction", change.name);
    status = rule.put_Action(NET_FW_ACTION_ALLOW);
    if (FAILED(status))
        return error_of_status(status, "INetFwRule::put_Action", change.name);
    status = rule.put_Profiles(change.profiles);
    if (FAILED(status))
        return error_of_status(status, "INetFwRule::put_Profiles", std::to_string(change.profiles));
    status = rule.put_Enabled(VARIANT_TRUE);
    if (FAILED(status))
        return error_of_status(status, "INetFwRule::put_Enabled", change.name);
    return {};
}

Result<> fill(INetFwRule& rule, const AddFirewallRule& change) {
    struct Field {
        PutText method;
        const char* call;
        std::string value;
    };
    if (auto numbers = put_numbers(rule, change); !numbers)
        return numbers;
    std::vector<Field> fields{
        {&INetFwRule::put_Name, "INetFwRule::put_Name", change.name},
        {&INetFwRule::put_Description, "INetFwRule::put_Description", "Added by rdpmedic to let Remote Desktop in"},
        {&INetFwRule::put_Grouping, "INetFwRule::put_Grouping", "rdpmedic"},
        {&INetFwRule::put_ApplicationName, "INetFwRule::put_ApplicationName", R"(%SystemRoot%\system32\svchost.exe)"},
        {&INetFwRule::put_ServiceName, "INetFwRule::put_ServiceName", "termservice"},
        {&INetFwRule::put_LocalPorts, "INetFwRule::put_LocalPorts", std::to_string(change.port)}};
    if (!change.remote.empty())
        fields.push_back({&INetFwRule::put_RemoteAddresses, "INetFwRule::put_RemoteAddresses", change.remote});
    for (const Field& field : fields)
        if (auto done = put(rule, field.method, field.call, field.value); !done)
            return done;
    return {};
}

} // namespace

bool matches(const firewall::FirewallRule& text, const SeenRule& seen) {
    const long direction = text.direction == firewall::Direction::in ? NET_FW_RULE_DIR_IN : NET_FW_RULE_DIR_OUT;
    const long protocol = text.protocol ? long{*text.protocol} : any_protocol;
    return seen.direction == direction && seen.protocol == protocol && seen.action == action_of(text.action) &&
           (seen.profiles & three_profiles) == text.profiles && ports_of(seen.local_ports) == ports_of(text) &&
           same_ignoring_case(seen.service, text.service) &&
           same_ignoring_case(expanded(seen.program), expanded(text.program)) && same_resource(seen.group, text.group);
}

bool has_name_of(const firewall::FirewallRule& text, const SeenRule& seen) {
    return same_resource(seen.name, text.name);
}

Result<FirewallRules> FirewallRules::open() {
    FirewallRules rules;
    rules.com_ = std::make_unique<ComUse>();
    if (!rules.com_->ready())
        return error_of_status(rules.com_->status(), "CoInitializeEx", "multithreaded");
    Com<INetFwPolicy2> policy;
    HRESULT status = ::CoCreateInstance(__uuidof(NetFwPolicy2), nullptr, CLSCTX_INPROC_SERVER, __uuidof(INetFwPolicy2),
                                        reinterpret_cast<void**>(policy.out()));
    if (FAILED(status) || !policy)
        return error_of_status(status, "CoCreateInstance", "NetFwPolicy2");
    status = policy.get()->get_Rules(rules.rules_.out());
    if (FAILED(status) || !rules.rules_)
        return error_of_status(status, "INetFwPolicy2::get_Rules", "this machine");
    return rules;
}

// https://learn.microsoft.com/windows/win32/api/oaidl/nf-oaidl-ienumvariant-next
Result<std::vector<SeenRule>> FirewallRules::all() const {
    const auto rows = enumeration_of(*rules_.get());
    if (!rows)
        return rows.error();
    std::vector<SeenRule> all;
    while (true) {
        Variant row;
        ULONG count = 0;
        const HRESULT status = rows->get()->Next(1, &row.value, &count);
        if (FAILED(status))
            return error_of_status(status, "IEnumVARIANT::Next", "INetFwRules");
        if (status != S_OK || count == 0)
            return all;
        SeenRule seen;
        if (row.value.vt == VT_DISPATCH && row.value.pdispVal &&
            SUCCEEDED(
                row.value.pdispVal->QueryInterface(__uuidof(INetFwRule), reinterpret_cast<void**>(seen.rule.out()))) &&
            read(*seen.rule.get(), seen))
            all.push_back(std::move(seen));
    }
}

// https://learn.microsoft.com/windows/win32/api/netfw/nf-netfw-inetfwrule-put_enabled
Result<> FirewallRules::set_enabled(const SeenRule& rule, bool enabled) const {
    const HRESULT status = rule.rule.get()->put_Enabled(enabled ? VARIANT_TRUE : VARIANT_FALSE);
    if (FAILED(status))
        return error_of_status(status, "INetFwRule::put_Enabled", rule.name);
    return {};
}

// https://learn.microsoft.com/windows/win32/api/netfw/nf-netfw-inetfwrules-add
Result<> FirewallRules::add(const AddFirewallRule& change) const {
    Com<INetFwRule> rule;
    HRESULT status = ::CoCreateInstance(__uuidof(NetFwRule), nullptr, CLSCTX_INPROC_SERVER, __uuidof(INetFwRule),
                                        reinterpret_cast<void**>(rule.out()));
    if (FAILED(status) || !rule)
        return error_of_status(status, "CoCreateInstance", "NetFwRule");
    if (auto filled = fill(*rule.get(), change); !filled)
        return filled;
    status = rules_.get()->Add(rule.get());
    if (FAILED(status))
        return error_of_status(status, "INetFwRules::Add", change.name);
    return {};
}

// https://learn.microsoft.com/windows/win32/api/netfw/nf-netfw-inetfwrules-remove
Result<> FirewallRules::remove(const std::string& name) const {
    const Text text = text_of(name);
    const HRESULT status = text ? rules_.get()->Remove(text.get()) : E_OUTOFMEMORY;
    if (FAILED(status))
        return error_of_status(status, "INetFwRules::Remove", name);
    return {};
}

} // namespace rdpmedic::windows
