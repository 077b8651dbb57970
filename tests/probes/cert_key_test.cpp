// Is every fault of the key file, its folder and the store found, and what cannot be read unknown?
#include "tests/probes/cert_findings.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace rdpmedic::testing::certificates;
using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year;

TEST_CASE("a key file's list decides whether the listener can read its key") {
    struct Row {
        const char* what;
        std::string list;
        std::string answer;
    };
    const auto row = GENERATE(values<Row>({
        {"Server 2019 and later", key_sddl(17763), ""},
        {"Server 2016 and before", key_sddl(14393), ""},
        {"one right in each of two entries", "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;0x20089;;;NS)(A;;0x100000;;;NS)", ""},
        {"NETWORK SERVICE is missing", "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)", "cert.key_unreadable critical cert"},
        {"NETWORK SERVICE is denied", "O:SYG:SYD:PAI(D;;0x1;;;NS)(A;;FA;;;SY)(A;;0x120089;;;NS)",
         "cert.key_unreadable critical cert"},
        {"everybody is denied, which is somebody's will", "O:SYG:SYD:PAI(D;;0x1;;;WD)(A;;FA;;;SY)(A;;0x120089;;;NS)",
         "cert.key_unreadable critical"},
        {"a deny behind the allow", "O:SYG:SYD:PAI(A;;0x120089;;;NS)(D;;0x1;;;NS)", "cert.key_unreadable warning"},
        {"an empty list", "O:SYG:SYD:P", "cert.key_unreadable critical cert"},
        {"no list", "O:SYG:SYD:NO_ACCESS_CONTROL", ""},
    }));
    INFO(row.what);
    CertificateHost host;
    host.set_file(own_key_file, row.list);
    CHECK(codes(host) == row.answer);
    if (!row.answer.empty())
        CHECK(mentions(only(host), own_key_file));
    CertificateHost pinned;
    pinned.pin(until(now + days{300}));
    pinned.set_file(pinned_key_file, row.list);
    CHECK(codes(pinned) == row.answer);
}

TEST_CASE("a list that cannot be read is not a list without the right") {
    CertificateHost host;
    host.fail("file_security " + own_key_file, denied);
    CHECK(codes(host) == "cert.unknown unknown");
    CHECK(only(host).text.find("access denied (5)") != std::string::npos);
    CHECK(facts_of(host).in_use()->network_service.has_error());
}

TEST_CASE("a list that is broken is unknown, cut off at any byte") {
    const Bytes whole = descriptor(key_sddl(20348));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CertificateHost host;
        host.file_descriptors[FakeHost::lower(own_key_file)].resize(size);
        REQUIRE(codes(host) == "cert.unknown unknown");
    }
}

TEST_CASE("a key file that only hides behind its folder is still judged") {
    CertificateHost host;
    host.fail("file " + own_key_file, denied);
    CHECK(codes(host).empty());
    host.set_file(own_key_file, "O:SYG:SYD:PAI(A;;FA;;;SY)");
    CHECK(codes(host) == "cert.key_unreadable critical cert");
}

TEST_CASE("a key whose file is gone is missing where the provider keeps files, otherwise not known") {
    CertificateHost host;
    host.files.clear();
    CHECK(codes(host) == "cert.key_not_a_file info"); // this process can use the key, so it is somewhere
    host.own().key_usable = Error{Errc::io, 0x80090016, "CryptAcquireCertificatePrivateKey(Remote Desktop)"};
    CHECK(codes(host) == "cert.key_missing critical cert");
    host.own().key = KeyLocation{"card", "Microsoft Base Smart Card Crypto Provider", 1, true, {}};
    CHECK(codes(host) == "cert.unknown unknown");
    host.own().key = KeyLocation{"key", "Microsoft Software Key Storage Provider", 0, true, "abc_def"};
    CHECK(codes(host) == "cert.unknown unknown");
    host.own().key = KeyLocation{"key", "Microsoft Platform Crypto Provider", 0, true, {}};
    CHECK(codes(host) == "cert.unknown unknown");
    host.own().key_usable = Result<void>();
    CHECK(codes(host) == "cert.key_not_a_file info");
}

TEST_CASE("a chosen certificate's missing key is no case for the repair") {
    CertificateHost host;
    StoreCertificate& pinned = host.pin(until(now + days{300}));
    pinned.key = KeyLocation{"le-2026", "Microsoft RSA SChannel Cryptographic Provider", 12, true, {}};
    pinned.key_usable = Error{Errc::io, 0x80090016, "CryptAcquireCertificatePrivateKey(My)"};
    CHECK(codes(host) == "cert.key_missing critical");
}

TEST_CASE("a CNG link may lead to a key file of the legacy folder") {
    CertificateHost host;
    host.own().key = KeyLocation{"TSSecKeySet1", "Microsoft Software Key Storage Provider", 0, true,
                                 "f686aace6942fb7f7ceb231212eef4a4_" + machine_guid};
    CHECK(facts_of(host).in_use()->key_file.value() == own_key_file);
    CHECK(codes(host).empty());
}

TEST_CASE("without MachineGuid the key file is not known, unless Windows names it") {
    CertificateHost host;
    host.fail("registry_value HKLM\\" + keys::cryptography.key + ": MachineGuid", denied);
    CHECK(codes(host) == "cert.unknown unknown");
    host.own().key->file = "f686aace6942fb7f7ceb231212eef4a4_" + machine_guid;
    CHECK(codes(host).empty());
}

TEST_CASE("a certificate without a link to a key cannot serve") {
    CertificateHost host;
    host.own().key = Error{Errc::not_found, 0x80092004, "CertGetCertificateContextProperty"};
    CHECK(codes(host) == "cert.no_private_key critical cert");
    host.own().key = denied;
    CHECK(codes(host) == "cert.unknown unknown");
    CertificateHost pinned;
    pinned.pin(until(now + days{300})).key = Error{Errc::not_found, 0, ""};
    CHECK(codes(pinned) == "cert.no_private_key critical");
}

TEST_CASE("a key of another certificate is a mismatch, and a key that only this process cannot open is not") {
    CertificateHost host;
    host.own().key_usable = Error{Errc::io, 0x80090016, "CryptAcquireCertificatePrivateKey(Remote Desktop)"};
    CHECK(codes(host).empty());
    host.own().key_usable = Error{Errc::io, 0x80090015, "CryptAcquireCertificatePrivateKey(Remote Desktop)"};
    CHECK(codes(host) == "cert.key_mismatch critical cert");
}

TEST_CASE("a key in a user's key set is not where the listener looks") {
    CertificateHost host;
    host.pin(until(now + days{300})).key->machine_keyset = false;
    CHECK(codes(host) == "cert.key_not_machine warning");
}

TEST_CASE("a store key that denies SYSTEM stops renewal") {
    const std::string key = FakeHost::lower(keys::remote_desktop_store.key + "\\Certificates");
    const std::string deny = "D:(D;;0x4;;;SY)(A;CIID;KA;;;SY)";
    CertificateHost host;
    host.registry_descriptors[key] = descriptor(deny);
    SECTION("later, while the certificate is valid") {
        CHECK(codes(host) == "cert.store_denied warning cert");
        CHECK(mentions(only(host), R"(SystemCertificates\Remote Desktop\Certificates: D:(D;;0x4;;;SY))"));
    }
    SECTION("now, when there is none") {
        host.stores["Remote Desktop"].clear();
        CHECK(codes(host) == "cert.store_denied critical cert, cert.none critical");
    }
    SECTION("now, when it has expired") {
        host.set_own(until(now - days{3}));
        CHECK(codes(host) ==
              "cert.store_denied critical cert, cert.expired critical cert, cert.renewal_broken critical cert");
    }
    SECTION("without effect where a certificate is chosen") {
        host.pin(until(now + days{300}));
        CHECK(codes(host) == "cert.store_denied info");
    }
    SECTION("beyond the repair where it was inherited") {
        host.registry_descriptors[key] = descriptor("D:AI(D;CIID;0x4;;;SY)(A;CIID;KA;;;SY)");
        CHECK(codes(host) == "cert.store_denied warning");
    }
    SECTION("not by a deny of other rights or of somebody else") {
        host.registry_descriptors[key] = descriptor("D:(D;;0x1;;;SY)(D;;KA;;;BG)(A;CIID;KA;;;SY)");
        CHECK(codes(host).empty());
    }
    SECTION("and is not known where the list cannot be read") {
        host.fail("registry_security HKLM\\" + keys::remote_desktop_store.key + "\\Certificates", denied);
        CHECK(codes(host) == "cert.unknown unknown");
    }
    SECTION("and is no question where the key does not exist yet") {
        host.registry_descriptors.clear();
        CHECK(codes(host).empty());
    }
}

TEST_CASE("a folder of machine keys that is not as Windows made it endangers the next key") {
    struct Row {
        const char* what;
        const char* list;
        const char* answer;
    };
    const auto row = GENERATE(values<Row>({
        {"as Windows made it", "O:SYG:SYD:PAI(A;;0x12019f;;;WD)(A;;FA;;;BA)", ""},
        {"hardened", "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)", "cert.machinekeys_acl warning machinekeys"},
        {"everybody denied", "O:SYG:SYD:PAI(D;;0x1;;;WD)(A;;0x12019f;;;WD)(A;;FA;;;BA)",
         "cert.machinekeys_acl warning machinekeys"},
        {"nobody has full control", "O:SYG:SYD:PAI(A;;0x12019f;;;WD)", "cert.machinekeys_acl warning machinekeys"},
    }));
    INFO(row.what);
    CertificateHost host;
    host.file_descriptors[FakeHost::lower(machine_keys)] = descriptor(row.list);
    CHECK(codes(host) == row.answer);
    host.pin(until(now + days{300})); // no next key is needed then
    CHECK(codes(host).empty());
}

TEST_CASE("a missing folder of machine keys is no fault, one that cannot be read is unknown") {
    CertificateHost host;
    host.file_descriptors.erase(FakeHost::lower(machine_keys));
    CHECK(codes(host).empty());
    host.fail("file_security " + machine_keys, denied);
    CHECK(codes(host) == "cert.unknown unknown");
}

TEST_CASE("a store of another name stops Windows from making its certificate") {
    CertificateHost host;
    host.set_text(keys::win_stations, "SelfSignedCertStore", "remote desktop");
    CHECK(codes(host).empty());
    host.set_text(keys::win_stations, "SelfSignedCertStore", "Nowhere");
    CHECK(codes(host) == "cert.store_override critical");
    CHECK(mentions(only(host), "SelfSignedCertStore = 'Nowhere'"));
    host.pin(until(now + days{300}));
    CHECK(codes(host) == "cert.store_override warning");
    CertificateHost odd;
    odd.set_dword(keys::win_stations, "SelfSignedCertStore", 1);
    CHECK(codes(odd) == "cert.unknown unknown");
}
