// Is every verdict of the firewall the one that Windows enforces, with the rule or setting that decides?
#include "probes/formats/firewall_evaluation.hpp"

#include "probes/formats/firewall_match.hpp"
#include "tests/probes/firewall_strings.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::firewall;

namespace {

using Values = std::map<std::string, std::uint32_t>;

RuleStore store(Origin origin, const std::vector<std::string>& texts) {
    RuleStore result{origin, {name_of(origin)}, {}, {}};
    int count = 0;
    for (const std::string& text : texts) {
        const std::string id = "rule " + std::to_string(++count);
        const RuleResult rule = parse_firewall_rule(id, text);
        if (rule)
            result.rules.push_back(*rule);
        else
            result.refused.push_back({id, text, rule.error()});
    }
    return result;
}

ProfileKey key(Origin origin, const std::string& name, const Values& values) {
    std::map<std::string, RegistryValue> typed;
    for (const auto& [value, number] : values)
        typed[value] = {4, number};
    return {origin, name, {std::string(name_of(origin)) + "\\" + name}, typed};
}

firewall::Verdict verdict(const std::vector<RuleStore>& stores, const std::vector<ProfileKey>& keys = {},
                          Profile profile = Profile::domain, Connection connection = {}) {
    return evaluate(stores, settings_of(keys, profile), profile, connection);
}

const std::string allow(tcp_allow), block(policy_block);

std::string with(const std::string& fields) { return "v2.31|Action=Allow|Active=TRUE|Dir=In|" + fields; }

} // namespace

TEST_CASE("the documented truth table of profile settings and rules holds") {
    struct Row {
        std::optional<std::uint32_t> enable, shields, inbound, merge; // empty: not set
        bool policy_allow, local_allow, local_block;
        Reach reach;
        Reason reason;
    };
    const auto row = GENERATE(values<Row>({
        {0, 1, 1, 0, false, false, true, Reach::open, Reason::firewall_off},
        {1, 1, 0, {}, true, true, false, Reach::blocked, Reason::all_blocked},
        {1, 0, 1, {}, true, true, true, Reach::blocked, Reason::block_rule},
        {1, 0, 0, {}, false, false, true, Reach::blocked, Reason::block_rule},
        {1, 0, 0, {}, false, false, false, Reach::open, Reason::default_allow},
        {1, 0, 1, 1, false, true, false, Reach::open, Reason::allow_rule},
        {1, 0, 1, {}, false, true, false, Reach::open, Reason::allow_rule},
        {1, 0, 1, 0, false, true, false, Reach::blocked, Reason::local_ignored},
        {1, 0, 1, 0, true, true, false, Reach::open, Reason::allow_rule},
        {1, 0, 1, 0, true, true, true, Reach::open, Reason::allow_rule},
        {1, 0, 1, {}, false, false, false, Reach::blocked, Reason::no_allow},
        {{}, {}, {}, {}, false, true, false, Reach::open, Reason::allow_rule},
        {{}, {}, {}, {}, false, false, false, Reach::blocked, Reason::no_allow},
    }));
    Values policy;
    if (row.enable)
        policy["EnableFirewall"] = *row.enable;
    if (row.shields)
        policy["DoNotAllowExceptions"] = *row.shields;
    if (row.inbound)
        policy["DefaultInboundAction"] = *row.inbound;
    if (row.merge)
        policy["AllowLocalPolicyMerge"] = *row.merge;
    std::vector<std::string> local;
    if (row.local_allow)
        local.push_back(allow);
    if (row.local_block)
        local.push_back(block);
    const firewall::Verdict result =
        verdict({store(Origin::group_policy, row.policy_allow ? std::vector{allow} : std::vector<std::string>{}),
                 store(Origin::local, local)},
                {key(Origin::group_policy, "DomainProfile", policy)});
    CHECK(result.reach == row.reach);
    CHECK(result.reason == row.reason);
    if (row.reason == Reason::local_ignored) {
        REQUIRE(result.setting);
        CHECK(result.setting->setting.name == "AllowLocalPolicyMerge");
        CHECK(result.setting->origin == Origin::group_policy);
        CHECK(result.rule->origin == Origin::local);
    }
}

TEST_CASE("a block of Group Policy beats the allow of the host and is named with its store") {
    const firewall::Verdict result = verdict({store(Origin::group_policy, {block}), store(Origin::local, {allow})});
    CHECK(result.reach == Reach::blocked);
    REQUIRE(result.rule);
    CHECK(result.rule->origin == Origin::group_policy);
    CHECK(result.rule->store.key == "Group Policy");
}

TEST_CASE("rules concern TermService by direction, protocol, port, program and service") {
    const auto [fields, expected] = GENERATE(table<std::string, Match>({
        {"", Match::fully},
        {"Protocol=6|", Match::fully},
        {"Protocol=6|LPort=3389|", Match::fully},
        {"Protocol=6|LPort2_10=3000-4000|", Match::fully},
        {"Protocol=6|LPort=80|LPort=3389|", Match::fully},
        {"Svc=TermService|", Match::fully},
        {"Svc=*|", Match::fully},
        {R"(App=%windir%\System32\svchost.exe|Svc=termservice|)", Match::fully},
        {R"(App=C:\\Windows\\system32\\SVCHOST.EXE|)", Match::fully},
        {"Edge=TRUE|Defer=App|LSM=TRUE|PCross=TRUE|", Match::fully},
        {"LUOwn=S-1-5-20|", Match::fully},
        {"RA4=0.0.0.0/0|", Match::fully},
        {"Protocol=17|LPort=3389|", Match::no},
        {"Protocol=6|LPort=3388|LPort=3390|", Match::no},
        {"Protocol=6|LPort=RPC|", Match::no},
        {"Svc=TermServiceX|", Match::no},
        {R"(App=C:\Games\svchost.exe|)", Match::no},
        {R"(App=%SystemRoot%\system32\RdpSa.exe|)", Match::no},
        {"App=System|", Match::no},
        {"AppPkgId=S-1-15-2-1|", Match::no},
        {"LUOwn=S-1-5-21-1-2-3-1001|", Match::no},
        {"TTK2_22=WFDPrint|", Match::no},
        {"LOM=TRUE|", Match::no},
        {"Platform=2:6:1|", Match::no},
        {"Platform=2:6:2|Platform2=GTEQ|", Match::fully},
        {"Platform=2:10:0|", Match::fully},
        {"RA4=LocalSubnet|", Match::partly},
        {"LA4=10.0.0.1|", Match::partly},
        {"Protocol=6|LPort=3389|RPort=1024|", Match::partly},
        {"IFType=Lan|", Match::partly},
        {"Security=Authenticate|", Match::partly},
        {"RMAuth=O:LSD:(A;;CC;;;S-1-5-21-1)|", Match::partly},
        {"LUAuth=O:LSD:(A;;CC;;;S-1-5-84-0-0-0-0-0)|", Match::unclear},
        {"SkipVer=2.10|", Match::unclear},
        {"Quantum=1|", Match::unclear},
        {"Quantum=1|Protocol=17|", Match::no},
        {"Protocol=6|LPort=Wormhole|", Match::unclear},
        {"Protocol=17|LPort=Wormhole|", Match::no},
    }));
    INFO(fields);
    const RuleResult rule = parse_firewall_rule("id", with(fields));
    REQUIRE(rule.has_value());
    CHECK(match(*rule, {6, 3389, false, std::pair{10u, 0u}}).match == expected);
}

TEST_CASE("an outbound rule never concerns an inbound connection") {
    CHECK(match(parse_firewall_rule("id", "v2.31|Action=Block|Active=TRUE|Dir=Out|").value(), {}).match == Match::no);
}

TEST_CASE("the kernel's listener of Windows 7 is reached through a rule for System") {
    const std::string rule = with("Protocol=6|LPort=3389|App=System|");
    CHECK(verdict({store(Origin::local, {rule})}).reach == Reach::blocked);
    CHECK(verdict({store(Origin::local, {rule})}, {}, Profile::domain, {6, 3389, true, {}}).reach == Reach::open);
}

TEST_CASE("a rule for other profiles or an inactive one does not open, and is named") {
    const firewall::Verdict result =
        verdict({store(Origin::local, {std::string(inactive_allow), with("Profile=Domain|Profile=Private|")})}, {},
                Profile::public_);
    CHECK(result.reason == Reason::no_allow);
    REQUIRE(result.inactive.size() == 1);
    CHECK(result.inactive[0].id == "rule 1");
    REQUIRE(result.other_profiles.size() == 1);
    CHECK(result.other_profiles[0].detail == "for Domain, Private");
}

TEST_CASE("an allow for some is open with its limits, and an unlimited one beside it lifts them") {
    const std::string subnet = with("RA4=LocalSubnet|"), lan = with("IFType=Lan|"),
                      secure = with("Security=Authenticate|");
    const firewall::Verdict limited = verdict({store(Origin::local, {subnet, lan, secure})});
    CHECK(limited.reach == Reach::open);
    REQUIRE(limited.limits.size() == 3);
    CHECK(limited.limits[0].kind == LimitKind::addresses);
    CHECK(limited.limits[0].text == "RA4=LocalSubnet");
    CHECK(limited.limits[1].kind == LimitKind::interfaces);
    CHECK(limited.limits[2].kind == LimitKind::ipsec);
    CHECK(verdict({store(Origin::local, {subnet, with("")})}).limits.empty());
}

TEST_CASE("a block for some addresses limits an open port and does not close it") {
    const firewall::Verdict result = verdict(
        {store(Origin::local, {allow, "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|RA4=203.0.113.0/24|"})});
    CHECK(result.reach == Reach::open);
    REQUIRE(result.limits.size() == 1);
    CHECK(result.limits[0].rule.id == "rule 2");
    CHECK(result.limits[0].action == Action::block);
}

TEST_CASE("ByPass opens for IPsec only and does not lift a block") {
    const std::string bypass = "v2.31|Action=ByPass|Active=TRUE|Dir=In|Protocol=6|LPort=3389|Security=Authenticate|";
    const firewall::Verdict open = verdict({store(Origin::local, {bypass})});
    REQUIRE(open.limits.size() == 1);
    CHECK(open.limits[0].kind == LimitKind::ipsec);
    CHECK(verdict({store(Origin::local, {bypass, block})}).reach == Reach::blocked);
}

TEST_CASE("a rule that is not understood leaves the verdict open only where it could change it") {
    const std::string odd_allow = with("Protocol=6|LPort=3389|Quantum=1|");
    const std::string odd_block = "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|Quantum=1|";
    const std::string refused_block = "v2.31|Action=Block|Active=TRUE|Dir=In|LPort=3389|Protocol=6|";
    const std::string refused_out = "v2.31|Action=Block|Active=TRUE|Dir=Out|LPort=3389|Protocol=6|";
    const std::string refused_off = "v2.31|Action=Block|Active=FALSE|Dir=In|LPort=3389|Protocol=6|";
    const std::string campus = with("Profile=Public|Profile=Campus|");
    const auto [texts, reach] = GENERATE_COPY(table<std::vector<std::string>, Reach>({
        {{odd_allow}, Reach::undecided},
        {{odd_allow, allow}, Reach::open},
        {{odd_allow, block}, Reach::blocked},
        {{odd_block, allow}, Reach::undecided},
        {{odd_block}, Reach::blocked},
        {{refused_block, allow}, Reach::undecided},
        {{refused_out, allow}, Reach::open},
        {{refused_off, allow}, Reach::open},
        {{std::string(port_before_protocol)}, Reach::undecided},
        {{campus}, Reach::undecided},
    }));
    const firewall::Verdict result = verdict({store(Origin::local, texts)});
    CHECK(result.reach == reach);
    if (reach == Reach::undecided) {
        CHECK(result.reason == Reason::rule_unclear);
        CHECK(result.rule->id == "rule 1");
        CHECK_FALSE(result.rule->detail.empty());
    }
}

TEST_CASE("policy settings beat the host's, except that shields are up when anybody says so") {
    const std::vector keys{
        key(Origin::group_policy, "DomainProfile", {{"EnableFirewall", 1}, {"DoNotAllowExceptions", 0}}),
        key(Origin::local, "DomainProfile",
            {{"EnableFirewall", 0}, {"DoNotAllowExceptions", 1}, {"AllowLocalPolicyMerge", 0}})};
    const ProfileSettings settings = settings_of(keys, Profile::domain);
    CHECK((*settings.enable_firewall)->setting.value == 1);
    CHECK((*settings.enable_firewall)->setting.from_policy);
    CHECK((*settings.do_not_allow_exceptions)->origin == Origin::local);
    // The host cannot ignore its own rules: only a policy decides about the merge.
    CHECK_FALSE(settings.allow_local_merge->has_value());
}

TEST_CASE("device management counts where Group Policy says nothing") {
    const std::vector keys{key(Origin::device_management, "StandardProfile", {{"AllowLocalPolicyMerge", 0}}),
                           key(Origin::device_management, "PublicProfile", {{"EnableFirewall", 0}})};
    CHECK((*settings_of(keys, Profile::private_).allow_local_merge)->origin == Origin::device_management);
    CHECK((*settings_of(keys, Profile::public_).enable_firewall)->setting.value == 0);
}

TEST_CASE("StandardProfile of a policy counts for private and public until one of them has its own key") {
    const ProfileKey standard = key(Origin::group_policy, "StandardProfile", {{"EnableFirewall", 0}});
    const ProfileKey empty_public = key(Origin::group_policy, "PublicProfile", {});
    ProfileKey absent_public = empty_public;
    absent_public.values = Error{Errc::not_found, 2, "no key"};
    for (const Profile profile : {Profile::private_, Profile::public_}) {
        CHECK(settings_of({standard}, profile).enable_firewall->has_value());
        CHECK(settings_of({standard, absent_public}, profile).enable_firewall->has_value());
        CHECK_FALSE(settings_of({standard, empty_public}, profile).enable_firewall->has_value());
    }
    CHECK_FALSE(settings_of({standard}, Profile::domain).enable_firewall->has_value());
    // In the host's own store it is the private profile.
    const ProfileKey local = key(Origin::local, "StandardProfile", {{"EnableFirewall", 0}});
    CHECK(settings_of({local}, Profile::private_).enable_firewall->has_value());
    CHECK_FALSE(settings_of({local}, Profile::public_).enable_firewall->has_value());
}

TEST_CASE("a setting that cannot be read, or has the wrong type, leaves the verdict undecided") {
    ProfileKey broken = key(Origin::group_policy, "DomainProfile", {});
    SECTION("the key is denied") { broken.values = Error{Errc::access_denied, 5, "RegOpenKeyExW"}; }
    SECTION("the value is text") {
        broken.values = std::map<std::string, RegistryValue>{{"EnableFirewall", {1, std::string("0")}}};
    }
    const firewall::Verdict result = verdict({store(Origin::local, {allow})}, {broken});
    CHECK(result.reach == Reach::undecided);
    CHECK(result.reason == Reason::setting_unreadable);
    REQUIRE(result.error);
    CHECK_FALSE(result.error->where.empty());
}
