// Does every change reach Windows, and does its inverse bring back what was there?
#include "agent/disk.hpp"
#include "agent/repair/repair_lock.hpp"
#include "probes/formats/security_descriptor.hpp"
#include "probes/formats/x509.hpp"
#include "probes/windows/reads.hpp"
#include "tests/support/make_certificate.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/windows/agent/control_calls.hpp"

#include <catch2/catch.hpp>

#include <winsock2.h>

#include <windows.h>

#include <wincrypt.h>

using namespace rdpmedic;
using testing::apply;
using testing::make;
using testing::TemporaryFolder;

namespace {

const RegistryPath test_key{"SOFTWARE\\rdpmedic-test"};

struct TestKey {
    TestKey() { ::RegCreateKeyW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\rdpmedic-test", &key); }
    TestKey(const TestKey&) = delete;
    TestKey& operator=(const TestKey&) = delete;
    ~TestKey() {
        ::RegCloseKey(key);
        ::RegDeleteTreeW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\rdpmedic-test");
    }
    HKEY key = nullptr;
};

std::vector<std::string> thumbprints(const char* store) {
    std::vector<std::string> result;
    const auto certificates = windows::certificates(store);
    if (certificates)
        for (const auto& certificate : *certificates)
            result.push_back(sha1_thumbprint(certificate.der));
    return result;
}

} // namespace

TEST_CASE("registry values of every type are set and brought back") {
    const TestKey key;
    const RegistryValue value =
        GENERATE(RegistryValue{4, std::uint32_t{7}}, RegistryValue{11, std::uint64_t{1} << 40},
                 RegistryValue{1, std::string("text")}, RegistryValue{2, std::string("%SystemRoot%")},
                 RegistryValue{7, std::vector<std::string>{"one", "two"}}, RegistryValue{3, Bytes{1, 2, 3}});
    const Change first = make(SetRegistryValue{test_key, "value", RegistryValue{4, std::uint32_t{1}}});
    const Change inverse = make(SetRegistryValue{test_key, "value", value});
    CHECK(windows::registry_value(test_key, "value").value() == value);
    apply(inverse);
    CHECK(windows::registry_value(test_key, "value").value() == RegistryValue{4, std::uint32_t{1}});
    apply(first);
    CHECK(is_absent(windows::registry_value(test_key, "value")));
}

TEST_CASE("a value is not set below a key that does not exist, and an earlier change may make the key") {
    const TestKey parent;
    const RegistryPath key{test_key.key + "\\made"};
    const SetRegistryValue change{key, "x", RegistryValue{4, std::uint32_t{1}}};
    const auto inverse = make_windows_control()->capture(change);
    REQUIRE(inverse.has_value());
    CHECK_FALSE(std::get<SetRegistryValue>(*inverse).value.has_value());
    CHECK(make_windows_control()->apply(change).error().code == Errc::not_found);
    apply(*inverse); // no key, no value
    CHECK(is_absent(windows::registry_values(key)));

    const Change key_inverse = make(SetRegistryKey{key, true});
    apply(change);
    CHECK(windows::registry_value(key, "x").value() == *change.value);
    apply(*inverse);
    apply(key_inverse);
    CHECK(is_absent(windows::registry_values(key)));
}

TEST_CASE("a certificate leaves its store and comes back with its bytes and its key file") {
    const TemporaryFolder folder;
    const std::string key_file = disk::text_of(folder.path() / "key");
    REQUIRE(disk::create(folder.path() / "key", "the key").has_value());
    const testing::MadeCertificate made = testing::make_certificate();
    const std::string thumbprint = sha1_thumbprint(made.der);
    {
        const HCERTSTORE store =
            ::CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, L"rdpmedic-test");
        REQUIRE(store != nullptr);
        CHECK(::CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, made.der.data(),
                                                 static_cast<DWORD>(made.der.size()), CERT_STORE_ADD_REPLACE_EXISTING,
                                                 nullptr));
        ::CertCloseStore(store, 0);
    }
    REQUIRE(thumbprints("rdpmedic-test") == std::vector<std::string>{thumbprint});
    const DeleteCertificate change{"rdpmedic-test", thumbprint, key_file};
    const Change inverse = make(change);
    CHECK(thumbprints("rdpmedic-test").empty());
    apply(change); // already so
    std::filesystem::resize_file(folder.path() / "key", 2);
    apply(inverse);
    CHECK(thumbprints("rdpmedic-test") == std::vector<std::string>{thumbprint});
    CHECK(std::filesystem::file_size(folder.path() / "key") == 7);
    apply(inverse);
    CHECK(thumbprints("rdpmedic-test").size() == 1);
    CHECK(std::holds_alternative<AddCertificate>(testing::captured(inverse))); // it is there: replaced and not added
    std::filesystem::remove(folder.path() / "key");
    apply(inverse);
    CHECK(std::filesystem::file_size(folder.path() / "key") == 7); // made anew
    CHECK_FALSE(std::filesystem::exists(folder.path() / "key.new"));
    apply(DeleteCertificate{"rdpmedic-test", thumbprint, {}});
    CHECK(std::holds_alternative<DeleteCertificate>(testing::captured(inverse)));
    CHECK(make_windows_control()->capture(change).error().code == Errc::not_found);
}

TEST_CASE("a file is moved, never over another one, and its inverse replaces what came meanwhile") {
    const TemporaryFolder folder;
    const auto from = folder.path() / "key", to = folder.path() / "key.bak";
    REQUIRE(disk::create(from, "old").has_value());
    const RenameFile change{disk::text_of(from), disk::text_of(to)};
    const Change inverse = make(change);
    CHECK_FALSE(std::filesystem::exists(from));
    apply(change); // already so
    REQUIRE(disk::create(from, "newer").has_value());
    CHECK(make_windows_control()->capture(change).has_error());
    CHECK(make_windows_control()->apply(change).has_error());
    const Change back = make(inverse);
    CHECK(std::filesystem::file_size(from) == 3);
    CHECK_FALSE(std::filesystem::exists(to));
    apply(inverse);               // already so
    for (int i = 0; i < 2; ++i) { // the second time it is already so
        apply(back);
        CHECK(std::filesystem::file_size(from) == 5);
        CHECK(std::filesystem::file_size(to) == 3);
    }
    CHECK(make_windows_control()->capture(RenameFile{"key", "key.bak"}).error().code == Errc::malformed);
}

TEST_CASE("a service stops, starts and changes its start type, and each is brought back") {
    // A service that ships with Wine as with Windows, and that nothing here needs.
    const std::string name = "Spooler";
    if (!windows::service(name)) {
        WARN("no service " + name + " on this machine: services were not tried");
        return;
    }
    const auto before = windows::service(name);
    const Change start_type = make(SetServiceStart{name, StartType::disabled});
    CHECK(windows::service(name)->start == StartType::disabled);
    apply(start_type);
    CHECK(windows::service(name)->start == before->start);

    apply(SetServiceState{name, ServiceState::stopped});
    apply(SetServiceState{name, ServiceState::stopped}); // 1062 is a success
    const Change stopped = make(SetServiceState{name, ServiceState::running});
    CHECK(windows::service(name)->state == ServiceState::running);
    apply(SetServiceState{name, ServiceState::running}); // 1056 is a success
    apply(stopped);
    CHECK(windows::service(name)->state == ServiceState::stopped);
    if (before->state == ServiceState::running)
        apply(SetServiceState{name, ServiceState::running});

    const auto missing = make_windows_control()->apply(SetServiceState{"rdpmedic-none", ServiceState::running});
    REQUIRE(missing.has_error());
    CHECK(missing.error().code == Errc::not_found);
    CHECK(missing.error().native == 1060);
}

TEST_CASE("owner and list of a file and a key are set and brought back") {
    const TestKey key;
    const TemporaryFolder folder;
    REQUIRE(disk::create(folder.path() / "key", "x").has_value());
    const std::string path = disk::text_of(folder.path() / "key");
    // Wine keeps a file's list only as far as Unix permissions can say it, so what comes back is compared with itself.
    const Bytes before = windows::file_security(path).value();
    const Change same = make(SetFileAccess{path, before});
    apply(same);
    CHECK(windows::file_security(path).value() == before);
    CHECK(make_windows_control()->capture(SetFileAccess{path, {1, 2}}).error().code == Errc::malformed);

    const Bytes key_before = windows::registry_security(test_key).value();
    auto descriptor = parse_security_descriptor(key_before).value();
    descriptor.entries.push_back({ace::allow, 0, 0x20019, "S-1-5-20", {}});
    const Change inverse = make(SetRegistryAccess{test_key, to_bytes(descriptor).value()});
    apply(inverse);
    CHECK(parse_security_descriptor(windows::registry_security(test_key).value())->entries ==
          parse_security_descriptor(key_before)->entries);
}

TEST_CASE("the repair lock excludes a second taker and is free again when let go") {
    const TemporaryFolder folder;
    auto first = take_repair_lock(folder.path());
    REQUIRE(first.has_value());
    CHECK(take_repair_lock(folder.path()).error().code == Errc::timed_out);
    first = Error{};
    CHECK(take_repair_lock(folder.path()).has_value());
}
