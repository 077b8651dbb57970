// Does the server take up a renewed certificate while it runs, and survive one that is broken?
#include "agent/atomic_file.hpp"
#include "api/tls_identity.hpp"
#include "tests/api/running_server.hpp"

#include <fstream>
#include <thread>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;
using Speak = RawClient::Speak;

namespace {

struct TlsRig : Rig {
    std::filesystem::path file = folder.path() / "configured.pem";
    // In the future, so that it does not become old while the test runs.
    std::filesystem::file_time_type same_time = std::filesystem::file_time_type::clock::now() + 1h;

    TlsRig() : Rig(true) {
        settings.tls_certificate = settings.tls_private_key = file.string();
        limits.tls_look = 10ms;
        renew();
    }
    // Key and certificate in one file, so that they never part.
    void renew() {
        const api::TlsIdentity fresh = api::make_tls_identity("host", test_time).value();
        put(fresh.private_key + fresh.certificate);
    }
    void put(const std::string& text) {
        bool written = false;
        for (int i = 0; i < 100 && !written; ++i) { // Windows replaces no file that is just being read
            written = write_file_atomically(file, text).has_value();
            if (!written)
                std::this_thread::sleep_for(5ms);
        }
        REQUIRE(written);
    }
    std::vector<Result<>> news() {
        const std::lock_guard lock(log_mutex);
        return certificate_news;
    }
    std::string served() const {
        RawClient client(server->ports().front(), Speak::tls);
        return client.tls_certificate();
    }
    // As a file whose size and time are those of every other written so.
    void renew_unnoticeably() {
        const std::filesystem::path fresh = folder.path() / "fresh.pem";
        const api::TlsIdentity identity = api::make_tls_identity("host", test_time).value();
        std::string text = identity.private_key + identity.certificate;
        text.resize(8192, '\n');
        std::ofstream(fresh, std::ios::binary) << text;
        std::filesystem::last_write_time(fresh, same_time);
        std::error_code error;
        for (int i = 0; i < 100; ++i) { // Windows replaces no file that is just being read
            std::filesystem::rename(fresh, file, error);
            if (!error)
                break;
            std::this_thread::sleep_for(5ms);
        }
        REQUIRE_FALSE(error);
    }
    // Whether another certificate than that one is served within some seconds.
    bool is_replaced(const std::string& old) const {
        for (int i = 0; i < 1000; ++i) {
            const std::string present = served();
            if (!present.empty() && present != old)
                return true;
            std::this_thread::sleep_for(5ms);
        }
        return false;
    }
    bool is_told(std::size_t many) {
        for (int i = 0; i < 1000 && news().size() < many; ++i)
            std::this_thread::sleep_for(5ms);
        return news().size() >= many;
    }
};

} // namespace

TEST_CASE("a renewed certificate counts for new connections, and those that are open go on") {
    TlsRig rig;
    RawClient open(rig.start(), Speak::tls);
    const std::string old = open.tls_certificate();
    REQUIRE(old.size() == 64);
    CHECK(rig.served() == old);
    rig.renew();
    CHECK(rig.is_replaced(old));
    CHECK(open.ask(get("/livez")).status == 200);
    REQUIRE(rig.is_told(1));
    CHECK(rig.news().front().has_value());
    RawClient fresh(rig.server->ports().front(), Speak::tls);
    CHECK(fresh.ask(get("/livez")).status == 200);
}

TEST_CASE("a certificate that is renewed twice before the clock of its file goes on counts") {
    TlsRig rig;
    rig.renew_unnoticeably();
    rig.start();
    const std::string old = rig.served();
    std::this_thread::sleep_for(100ms); // several looks
    rig.renew_unnoticeably();
    CHECK(rig.is_replaced(old));
}

TEST_CASE("a certificate that cannot be used is told once, the old one stays, and the next that can be used counts") {
    TlsRig rig;
    rig.start();
    const std::string old = rig.served();
    SECTION("it is no PEM") { rig.put("nonsense"); }
    SECTION("it has no key") { rig.put(api::make_tls_identity("host", test_time).value().certificate); }
    SECTION("it is gone") { std::filesystem::remove(rig.file); }
    REQUIRE(rig.is_told(1));
    REQUIRE(rig.news().front().has_error());
    CHECK(rig.news().front().error().where.find("configured.pem") != std::string::npos);
    CHECK(rig.served() == old);
    std::this_thread::sleep_for(100ms); // several looks
    CHECK(rig.news().size() == 1);
    rig.renew();
    CHECK(rig.is_replaced(old));
    REQUIRE(rig.is_told(2));
    CHECK(rig.news().back().has_value());
}

TEST_CASE("a certificate of our own that is deleted is made anew while the server runs") {
    Rig rig(true);
    rig.limits.tls_look = 10ms;
    const std::uint16_t port = rig.start();
    const std::string old = RawClient(port, Speak::tls).tls_certificate();
    std::filesystem::remove(rig.folder.path() / "tls" / "server.pem");
    bool replaced = false;
    for (int i = 0; i < 1000 && !replaced; ++i) {
        std::this_thread::sleep_for(5ms);
        const std::string present = RawClient(port, Speak::tls).tls_certificate();
        replaced = !present.empty() && present != old;
    }
    CHECK(replaced);
    CHECK(std::filesystem::exists(rig.folder.path() / "tls" / "server.pem"));
}
