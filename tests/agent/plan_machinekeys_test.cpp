// Is the folder of the machine's keys put right without anybody losing a key?
#include "agent/repair/plan_machinekeys.hpp"

#include "probes/formats/key_container.hpp"
#include "tests/support/planned.hpp"
#include "tests/support/serving_host.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

using Words = std::vector<std::string>;

Plan plan(const Host& host, const Options& options = {}) { return planned(machinekeys_repair(), host, options); }
const Options anew{{"new_folder", "true"}};

struct KeysHost : ServingHost {
    KeysHost() {
        folders[lower(machine_keys)] = {"6de9cb26d2b98c01ec4e9e8b34824aa2_" + machine_guid,
                                        "f686aace6942fb7f7ceb231212eef4a4_" + machine_guid};
    }
    void set_folder(std::string_view sddl) { file_descriptors[lower(machine_keys)] = descriptor(sddl); }
    StoreCertificate& add(const std::string& store, KeyLocation key) {
        CertificateOrder order;
        order.common_name = "web01";
        StoreCertificate certificate = own_certificate(order);
        certificate.key = std::move(key);
        stores[store].push_back(certificate);
        return stores[store].back();
    }
};

const KeyLocation iis_key{"web", "Microsoft RSA SChannel Cryptographic Provider", 12, true, {}};

} // namespace

TEST_CASE("a folder as Windows makes it calls for nothing") {
    KeysHost host;
    CHECK_FALSE(plan(host).is_called_for());
    CHECK(plan(host).rungs.empty());
    CHECK(plan(host).obstacles.empty());
}

TEST_CASE("a folder that lacks entries gets those and nothing else") {
    KeysHost host;
    host.set_folder("O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)");
    const Plan acl = plan(host);
    CHECK(acl.cures.at(0).code == "cert.machinekeys_acl");
    CHECK(acl.cures.at(0).repair == "machinekeys");
    REQUIRE(ids(acl) == "folder-acl");
    REQUIRE(acl.rungs[0].changes.size() == 1);
    const auto& change = std::get<SetFileAccess>(acl.rungs[0].changes[0]);
    CHECK(change.path == machine_keys);
    CHECK(to_sddl(parse_security_descriptor(change.descriptor).value()) ==
          "O:SYG:SYD:PAI(A;OICI;0x1f01ff;;;SY)(A;OICI;0x1f01ff;;;BA)(A;;0x12019f;;;WD)");
}

TEST_CASE("a folder whose inherited entries are in the way is left to people") {
    KeysHost host;
    host.set_folder("O:SYG:SYD:AI(D;ID;0x1;;;WD)(A;ID;FA;;;BA)");
    const Plan none = plan(host);
    CHECK(none.cures.at(0).repair.empty());
    CHECK(none.rungs.empty());
    CHECK(hindered_by(none, "inherits"));
}

TEST_CASE("a new folder has the list of Windows, the files of others, and another certificate") {
    KeysHost host;
    const Plan made = plan(host, anew);
    INFO((made.obstacles.empty() ? "" : made.obstacles[0]));
    REQUIRE(ids(made) == "new-folder restart");
    CHECK(made.done_when_made);
    CHECK(words(made.rungs[0]).size() == 5);
    const auto& changes = made.rungs[0].changes;
    CHECK(std::get<SetServiceState>(changes[0]).state == ServiceState::stopped);
    CHECK(to_sddl(parse_security_descriptor(std::get<SetFileAccess>(changes[1]).descriptor).value()) ==
          "O:SYG:SYD:PAI(A;;0x12019f;;;WD)(A;;0x1f01ff;;;BA)");
    CHECK(std::get<DeleteCertificate>(changes[2]).thumbprint == sha1_thumbprint(host.own().der));
    CHECK(std::get<DeleteCertificate>(changes[2]).key_file == own_key_file);
    CHECK(std::get<RenameFile>(changes[3]).from == own_key_file);
    CHECK(std::get<RenameFile>(changes[3]).to == own_key_file + ".bak-20260115");
    CHECK(std::get<SetServiceState>(changes[4]).state == ServiceState::running);
    CHECK(made.rungs[0].await_new_certificate_in == "Remote Desktop");
    CHECK(made.rungs[0].why.find("1 files of others stay") != std::string::npos);
    CHECK(made.rungs[1].disconnects_sessions);
}

TEST_CASE("key files of earlier machines are put aside too, and what is put aside already is not") {
    KeysHost host;
    const std::string old = "f686aace6942fb7f7ceb231212eef4a4_11111111-0000-0000-0000-000000000000";
    auto& names = host.folders[FakeHost::lower(machine_keys)];
    names.push_back(old);
    names.push_back(names[1] + ".bak-20260115");
    const Plan made = plan(host, anew);
    Words moved;
    for (const Change& change : made.rungs.at(0).changes)
        if (const auto* rename = std::get_if<RenameFile>(&change))
            moved.push_back(rename->to);
    CHECK(moved == Words{own_key_file + ".bak-20260115-2", machine_keys + "\\" + old + ".bak-20260115"});
}

TEST_CASE("a folder that does not exist is made") {
    KeysHost host;
    host.file_descriptors.erase(FakeHost::lower(machine_keys));
    host.folders.clear();
    host.stores["Remote Desktop"].clear();
    const Plan made = plan(host, anew);
    REQUIRE(ids(made) == "new-folder restart");
    REQUIRE(made.rungs[0].changes.size() == 3);
    CHECK(std::get<MakeFolder>(made.rungs[0].changes[1]).path == machine_keys);
}

TEST_CASE("no new folder while a certificate of any store has its key there; keys elsewhere do not matter") {
    KeysHost host;
    SECTION("of a web server") {
        const std::string store = GENERATE("My", "WebHosting", "SMS");
        host.set_text({R"(SOFTWARE\Microsoft\SystemCertificates\)" + store}, "x", "y");
        // The registry of a fake has its keys in lower case.
        host.add(store == "SMS" ? "sms" : store, iis_key);
        CHECK(hindered_by(plan(host, anew), "CN=web01"));
        CHECK(plan(host, anew).rungs.empty());
    }
    SECTION("of a second certificate in Remote Desktop's store") {
        host.add("Remote Desktop", iis_key);
        CHECK(hindered_by(plan(host, anew), "CN=web01"));
    }
    SECTION("CNG, a user's, none, or a TPM") {
        host.add("My", KeyLocation{"tq-1", "Microsoft Software Key Storage Provider", 0, true, "abc_" + machine_guid});
        host.add("My", KeyLocation{"web", "Microsoft RSA SChannel Cryptographic Provider", 12, false, {}});
        host.add("My", KeyLocation{"tpm", "Microsoft Platform Crypto Provider", 0, true, {}});
        host.add("My", iis_key).key = Error{Errc::not_found, 0, "no private key"};
        CHECK(ids(plan(host, anew)) == "new-folder restart");
    }
    SECTION("of a provider that is not known") {
        host.add("My", KeyLocation{"hsm", "Example HSM Provider", 1, true, {}});
        CHECK(hindered_by(plan(host, anew), "is not known"));
        CHECK(plan(host, anew).rungs.empty());
    }
}

TEST_CASE("no new folder where what matters is not known, or belongs to somebody else") {
    KeysHost host;
    std::string why;
    SECTION("a store") {
        host.fail("certificates WebHosting", {Errc::access_denied, 5, "CertOpenStore"});
        why = "WebHosting could not be read";
    }
    SECTION("the list of stores") {
        host.set_text({R"(SOFTWARE\Microsoft\SystemCertificates\x)"}, "x", "y");
        host.fail(R"(registry_subkeys HKLM\SOFTWARE\Microsoft\SystemCertificates)", {Errc::access_denied, 5, "Reg"});
        why = "list could not be read";
    }
    SECTION("the folder") {
        host.fail("folder " + machine_keys, {Errc::access_denied, 5, "FindFirstFileW"});
        why = "could not be listed";
    }
    SECTION("its permissions") {
        host.fail("file_security " + machine_keys, {Errc::access_denied, 5, "GetSecurityInfo"});
        why = "permissions of the folder";
    }
    SECTION("a connection broker") {
        host.services["tssdis"] = host.services["sessionenv"];
        why = "RD Connection Broker";
    }
    SECTION("SessionEnv is disabled") {
        host.services["sessionenv"].start = StartType::disabled;
        why = "SessionEnv";
    }
    SECTION("a chosen certificate") {
        host.pin({});
        why = "does not use the certificate that Windows makes";
    }
    const Plan none = plan(host, anew);
    CHECK(none.rungs.empty());
    CHECK(hindered_by(none, why));
}

TEST_CASE("options of the repair machinekeys are checked") {
    CHECK_FALSE(problem_of({{"new_folder", "1"}}, machinekeys_options()).empty());
    CHECK_FALSE(plan(KeysHost(), {{"new_folder", "false"}}).is_called_for());
}
