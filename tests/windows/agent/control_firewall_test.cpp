// Are rules of the firewall switched, added and removed through its interface, and none but the one that is meant?
#include "probes/windows/reads.hpp"
#include "tests/windows/agent/control_calls.hpp"
#include "tests/windows/probes/fixtures.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

constexpr const wchar_t* rules_key =
    L"SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules";
const RegistryPath rules_path{
    "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules"};
constexpr const wchar_t* variable = L"RDPMEDIC_STANDIN_RULES";

// Names the stand-in as the server of both classes, empties the store of rules, and puts all of it back at the end.
class Firewall {
  public:
    Firewall() {
        ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, rules_key);
        apply_key(true);
        for (const wchar_t* id : classes)
            before_.push_back(serve(id, (standins_folder() / "firewall.dll").wstring()));
    }
    ~Firewall() {
        for (std::size_t i = 0; i < before_.size(); ++i)
            if (before_[i].empty())
                ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, classes[i]);
            else
                serve(classes[i], before_[i]);
        ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, rules_key);
    }
    Firewall(const Firewall&) = delete;
    Firewall& operator=(const Firewall&) = delete;

    void put(const char* id, const std::string& rule) const {
        apply(SetRegistryValue{rules_path, id, RegistryValue{REG_SZ, rule}});
    }
    std::string text(const char* id) const {
        return std::get<std::string>(windows::registry_value(rules_path, id).value().data);
    }
    std::size_t count() const { return windows::registry_values(rules_path).value().size(); }

  private:
    static constexpr const wchar_t* classes[] = {L"SOFTWARE\\Classes\\CLSID\\{E2B3C97F-6AE1-41AC-817A-F6F92166D7DD}",
                                                 L"SOFTWARE\\Classes\\CLSID\\{2C5BC43E-3369-4C33-AB0C-BE9469677AF4}"};

    static void apply_key(bool present) {
        HKEY key = nullptr;
        if (present && ::RegCreateKeyW(HKEY_LOCAL_MACHINE, rules_key, &key) == ERROR_SUCCESS)
            ::RegCloseKey(key);
    }
    // Returns the server of before.
    static std::wstring serve(const wchar_t* id, const std::wstring& server) {
        wchar_t before[MAX_PATH] = {};
        DWORD size = sizeof before;
        const std::wstring key = std::wstring(id) + L"\\InprocServer32";
        ::RegGetValueW(HKEY_LOCAL_MACHINE, key.c_str(), nullptr, RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND,
                       nullptr, before, &size);
        CHECK(::RegSetKeyValueW(HKEY_LOCAL_MACHINE, key.c_str(), nullptr, REG_SZ, server.c_str(),
                                static_cast<DWORD>((server.size() + 1) * sizeof(wchar_t))) == ERROR_SUCCESS);
        return before;
    }

    std::vector<std::wstring> before_;
};

constexpr char tcp[] = "RemoteDesktop-UserMode-In-TCP";
constexpr char udp[] = "RemoteDesktop-UserMode-In-UDP";
const std::string tcp_rule =
    "v2.30|Action=Allow|Active=FALSE|Dir=In|Protocol=6|LPort=3389|App=%SystemRoot%\\system32\\svchost.exe|"
    "Svc=termservice|Name=@FirewallAPI.dll,-28775|Desc=@FirewallAPI.dll,-28756|EmbedCtxt=@FirewallAPI.dll,-28752|";
const std::string udp_rule =
    "v2.30|Action=Allow|Active=FALSE|Dir=In|Protocol=17|LPort=3389|App=%SystemRoot%\\system32\\svchost.exe|"
    "Svc=termservice|Name=@FirewallAPI.dll,-28776|Desc=@FirewallAPI.dll,-28777|EmbedCtxt=@FirewallAPI.dll,-28752|";

bool is_on(const std::string& rule) { return contains(rule, "|Active=TRUE|"); }

const AddFirewallRule own{"RDP 4389 (rdpmedic)", 6, 4389, 2, "LocalSubnet"};

bool skipped() {
    if (!runs_under_wine())
        WARN("not under Wine: the firewall of a real host is not touched");
    return !runs_under_wine();
}

} // namespace

TEST_CASE("a rule of the firewall is switched on and off again, and the one beside it stays") {
    if (skipped())
        return;
    const Firewall firewall;
    firewall.put(tcp, tcp_rule);
    firewall.put(udp, udp_rule);
    const SetFirewallRule change{tcp, tcp_rule, true};
    const Change inverse = make(change);
    CHECK(is_on(firewall.text(tcp)));
    CHECK(firewall.text(udp) == udp_rule);
    CHECK(std::get<SetFirewallRule>(captured(change)).rule == tcp_rule);
    CHECK(std::get<SetFirewallRule>(captured(change)).active);
    apply(change); // already so
    CHECK_FALSE(std::get<SetFirewallRule>(inverse).active);
    apply(inverse);
    CHECK_FALSE(is_on(firewall.text(tcp)));
}

TEST_CASE("ports, profiles and programs tell rules of one group apart") {
    if (skipped())
        return;
    const Firewall firewall;
    const std::string tail = "|Svc=termservice|Name=n|EmbedCtxt=g|",
                      head = "v2.30|Action=Allow|Active=FALSE|Dir=In|Protocol=6|";
    firewall.put("wanted", head + "Profile=Domain|Profile=Private|LPort=3389|LPort2_10=5000-5010|App=C:\\a.exe" + tail);
    firewall.put("profile", head + "Profile=Public|LPort=3389|LPort2_10=5000-5010|App=C:\\a.exe" + tail);
    firewall.put("port", head + "Profile=Domain|Profile=Private|LPort=3390|App=C:\\a.exe" + tail);
    firewall.put("program",
                 head + "Profile=Domain|Profile=Private|LPort=3389|LPort2_10=5000-5010|App=C:\\b.exe" + tail);
    (void)make(SetFirewallRule{"wanted", firewall.text("wanted"), true});
    CHECK(is_on(firewall.text("wanted")));
    for (const char* other : {"profile", "port", "program"})
        CHECK_FALSE(is_on(firewall.text(other)));
}

TEST_CASE("a rule that cannot be told from another one is not switched, unless the names differ") {
    if (skipped())
        return;
    const Firewall firewall;
    firewall.put(tcp, tcp_rule);
    firewall.put("copy", tcp_rule);
    const SetFirewallRule change{tcp, tcp_rule, true};
    CHECK(contains(text_of(failed(change)), "cannot be told from 1 others of INetFwRules that do the same"));
    CHECK_FALSE(is_on(firewall.text(tcp)));
    CHECK_FALSE(is_on(firewall.text("copy")));

    const std::string head = "v2.30|Action=Allow|Active=FALSE|Dir=In|Protocol=6|LPort=3389|Svc=termservice|Name=";
    firewall.put("one", head + "one|");
    firewall.put("two", head + "two|");
    apply(SetFirewallRule{"two", firewall.text("two"), true});
    CHECK(is_on(firewall.text("two")));
    CHECK_FALSE(is_on(firewall.text("one")));
}

TEST_CASE("a rule that is another one by now is refused before anything is made") {
    if (skipped())
        return;
    const Firewall firewall;
    firewall.put(tcp, udp_rule);
    const SetFirewallRule change{tcp, tcp_rule, true};
    CHECK(contains(text_of(refused(change)), "has been changed since the plan was made"));
    CHECK(contains(text_of(failed(change)), "has been changed since the plan was made"));
    CHECK(firewall.text(tcp) == udp_rule);
    CHECK(refused(SetFirewallRule{"none", tcp_rule, true}).code == Errc::not_found);
    CHECK(refused(SetFirewallRule{tcp, "no rule", true}).code == Errc::malformed);
}

TEST_CASE("a firewall that refuses, and one that takes a change and does not make it, are errors") {
    if (skipped())
        return;
    const Firewall firewall;
    firewall.put(tcp, tcp_rule);
    const SetFirewallRule change{tcp, tcp_rule, true};
    {
        const ScopedVariable refuses(variable, L"0x800706d9");
        CHECK(text_of(failed(change)) == "failed (0x800706D9) at INetFwRules::get__NewEnum(this machine)");
        CHECK(text_of(failed(own)) == "failed (0x800706D9) at INetFwRules::Add(RDP 4389 (rdpmedic))");
    }
    const ScopedVariable deaf(variable, L"deaf");
    CHECK(failed(change).code == Errc::timed_out);
}

TEST_CASE("a rule of our own is added and removed, and a foreign one of its name is left alone") {
    if (skipped())
        return;
    const Firewall firewall;
    firewall.put(tcp, tcp_rule);
    const Change inverse = make(own);
    REQUIRE(firewall.count() == 2);
    std::string added;
    for (const auto& [id, value] : windows::registry_values(rules_path).value())
        if (id != tcp)
            added = std::get<std::string>(value.data);
    for (const char* part : {"|Action=Allow|", "|Active=TRUE|", "|Dir=In|", "|Protocol=6|", "|LPort=4389|",
                             "|Profile=Private|", "|RA4=LocalSubnet|", "|Svc=termservice|", "|EmbedCtxt=rdpmedic|",
                             "|App=%SystemRoot%\\system32\\svchost.exe|", "|Name=RDP 4389 (rdpmedic)|"})
        CHECK(contains(added, part));
    apply(own); // already so
    CHECK(firewall.count() == 2);
    CHECK(std::holds_alternative<AddFirewallRule>(captured(own))); // nothing would be made or removed

    const Change back = make(inverse);
    CHECK(firewall.count() == 1);
    CHECK(firewall.text(tcp) == tcp_rule);
    apply(inverse); // already so
    apply(back);
    CHECK(firewall.count() == 2);

    apply(inverse);
    firewall.put("foreign", "v2.30|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=4389|Name=" + own.name + "|");
    CHECK(contains(text_of(refused(own)), "is there already and says something else"));
    CHECK(failed(own).code == Errc::io);
    CHECK(failed(inverse).code == Errc::io);
    CHECK(firewall.count() == 2);
}

TEST_CASE("without a firewall that answers, no rule changes and the call is named") {
    if (skipped())
        return;
    HKEY key = nullptr;
    REQUIRE(::RegCreateKeyW(HKEY_LOCAL_MACHINE, rules_key, &key) == ERROR_SUCCESS);
    ::RegCloseKey(key);
    apply(SetRegistryValue{rules_path, tcp, RegistryValue{REG_SZ, tcp_rule}});
    CHECK(contains(text_of(failed(SetFirewallRule{tcp, tcp_rule, true})), "(0x80004001) at INetFw"));
    CHECK_FALSE(is_on(std::get<std::string>(windows::registry_value(rules_path, tcp).value().data)));
    ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, rules_key);
}
