// Is a certificate that cannot be used refused with the name of its file?
#include "api/tls_identity.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#ifndef _WIN32
#include <unistd.h>
#endif

using namespace rdpmedic;
using namespace rdpmedic::api;
using testing::TemporaryFolder;

namespace {

constexpr Time now{std::chrono::seconds{1'770'000'000}};

std::string put(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
    return file.string();
}

} // namespace

TEST_CASE("an identity of our own is made once, kept, and made anew before it ends") {
    const TemporaryFolder folder;
    const Result<TlsIdentity> first = tls_identity({}, folder.path(), now);
    REQUIRE(first.has_value());
    const Result<TlsIdentity> second = tls_identity({}, folder.path(), now + std::chrono::days{5 * 365 - 31});
    REQUIRE(second.has_value());
    CHECK(second->certificate.find(first->certificate) != std::string::npos);
    const Result<TlsIdentity> late = tls_identity({}, folder.path(), now + std::chrono::days{5 * 365 - 29});
    REQUIRE(late.has_value());
    CHECK(late->certificate.find(first->certificate) == std::string::npos);
#ifndef _WIN32
    const auto permissions = std::filesystem::status(folder.path() / "tls" / "server.pem").permissions();
    CHECK(permissions == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
#endif
}

TEST_CASE("a damaged file of our own is an error that says what to do") {
    const TemporaryFolder folder;
    REQUIRE(tls_identity({}, folder.path(), now).has_value());
    put(folder.path() / "tls" / "server.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n");
    const Result<TlsIdentity> damaged = tls_identity({}, folder.path(), now);
    REQUIRE(damaged.has_error());
    CHECK(damaged.error().where.find("server.pem") != std::string::npos);
    CHECK(damaged.error().where.find("delete it") != std::string::npos);
}

TEST_CASE("configured files are used as they are, or refused by name") {
    const TemporaryFolder folder;
    const TlsIdentity one = make_tls_identity("host", now).value();
    const TlsIdentity two = make_tls_identity("host", now).value();
    Settings settings;
    settings.tls_certificate = put(folder.path() / "one.crt", one.certificate);
    settings.tls_private_key = put(folder.path() / "one.key", one.private_key);
    const Result<TlsIdentity> used = tls_identity(settings, folder.path(), now);
    REQUIRE(used.has_value());
    CHECK(used->certificate == one.certificate);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "tls"));

    const auto problem = [&] {
        const Result<TlsIdentity> result = tls_identity(settings, folder.path(), now);
        REQUIRE(result.has_error());
        return result.error().where;
    };
    settings.tls_private_key = put(folder.path() / "two.key", two.private_key);
    CHECK(problem().find("two.key (it is not the key of the certificate in ") != std::string::npos);
    settings.tls_private_key = put(folder.path() / "bad.key", "hello");
    CHECK(problem().find("bad.key (no PEM private key") != std::string::npos);
    settings.tls_private_key =
        put(folder.path() / "locked.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                                          "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgAAAAAAAAAAAICCAAw\nDAYIKoZIhv"
                                          "cNAgkFADAdBglghkgBZQMEASoEEAAAAAAAAAAAAAAAAAAAAAAEgZAA\n"
                                          "-----END ENCRYPTED PRIVATE KEY-----\n");
    CHECK(problem().find("locked.key") != std::string::npos);
    settings.tls_private_key = (folder.path() / "missing.key").string();
    CHECK(problem().find("missing.key") != std::string::npos);
    settings.tls_certificate = put(folder.path() / "bad.crt", one.private_key);
    settings.tls_private_key = put(folder.path() / "one.key", one.private_key);
    CHECK(problem().find("bad.crt (no PEM certificate") != std::string::npos);
    settings.tls_certificate = folder.path().string();
    CHECK(problem().find("TLS certificate file") != std::string::npos);
    settings.tls_certificate.clear();
    CHECK(problem().find("together") != std::string::npos);
}

TEST_CASE("files that cannot be read are named, and nothing is made in their place") {
    const TemporaryFolder folder;
    const TlsIdentity identity = make_tls_identity("host", now).value();
    const auto check_named = [&](const Settings& settings, const std::string& name) {
        const Result<TlsIdentity> result = tls_identity(settings, folder.path(), now);
        REQUIRE(result.has_error());
        CAPTURE(result.error().where);
        CHECK(result.error().code != Errc::malformed);
        CHECK(result.error().where.find(name) != std::string::npos);
    };
    Settings settings;
    settings.tls_certificate = put(folder.path() / "good.crt", identity.certificate);
    settings.tls_private_key = put(folder.path() / "good.key", identity.private_key);
    const Settings good = settings;

    std::filesystem::create_directories(folder.path() / "folder.pem");
    settings.tls_certificate = (folder.path() / "folder.pem").string();
    check_named(settings, "folder.pem");
    settings = good;
    settings.tls_private_key = (folder.path() / "folder.pem").string();
    check_named(settings, "folder.pem");
    std::filesystem::create_directories(folder.path() / "tls" / "server.pem");
    check_named({}, "server.pem");
    CHECK(std::filesystem::is_directory(folder.path() / "tls" / "server.pem"));

#ifndef _WIN32
    if (::geteuid() == 0) {
        WARN("files without read permission are not tested: root reads them");
        return;
    }
    std::filesystem::permissions(good.tls_private_key, std::filesystem::perms::none);
    check_named(good, "good.key");
#endif
}
