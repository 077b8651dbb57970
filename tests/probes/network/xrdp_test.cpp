// Does the handshake agree with a real RDP server that is not ours? Native only: xrdp does not run on Windows.
#ifndef _WIN32

#include "probes/network/rdp_handshake.hpp"
#include "tests/support/make_certificate.hpp"
#include "tests/support/scripted_peer.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace rdpmedic;
using namespace rdpmedic::testing;
using std::chrono::milliseconds;

namespace {

constexpr const char* program = "/usr/sbin/xrdp";

// xrdp on a free port of loopback, with its own certificate; ended by its process id.
class Xrdp {
  public:
    Xrdp(const std::string& security_layer, const std::string& tls_versions) : certificate(make_certificate()) {
        if (!std::filesystem::exists(program))
            FAIL(program << " is missing: apt-get install xrdp");
        const std::string folder = folder_.path().string();
        std::ofstream(folder + "/cert.pem") << certificate.pem;
        std::ofstream(folder + "/key.pem") << certificate.key_pem;
        std::ofstream(folder + "/xrdp.ini")
            << "[Globals]\nini_version=1\nfork=false\nport=tcp://127.0.0.1:" << endpoint.port
            << "\nsecurity_layer=" << security_layer << "\ncrypt_level=high\ncertificate=" << folder
            << "/cert.pem\nkey_file=" << folder << "/key.pem\nssl_protocols=" << tls_versions
            << "\n[Logging]\nLogFile=" << folder << "/xrdp.log\nLogLevel=INFO\nEnableSyslog=false\n"
            << "[Xorg]\nname=Xorg\nlib=libxup.so\n";
        start(folder);
    }
    ~Xrdp() {
        ::kill(process_, SIGTERM);
        for (int tries = 0; tries < 50; ++tries) {
            if (::waitpid(process_, nullptr, WNOHANG) != 0)
                return;
            std::this_thread::sleep_for(milliseconds{100});
        }
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }

    // The first handshake that is not refused: xrdp needs a moment until it listens.
    HandshakeFacts handshake() const {
        for (int tries = 0; tries < 200; ++tries) {
            const Result<HandshakeFacts> facts = rdp_handshake(endpoint);
            if (!facts)
                FAIL(describe(facts.error()));
            if (facts->stage != HandshakeStage::refused)
                return *facts;
            if (::waitpid(process_, nullptr, WNOHANG) != 0)
                break;
            std::this_thread::sleep_for(milliseconds{100});
        }
        FAIL("xrdp did not listen; its log says: " << log());
        return {};
    }

    std::string log() const {
        std::ifstream file(folder_.path() / "xrdp.log");
        return {std::istreambuf_iterator<char>(file), {}};
    }

    const MadeCertificate certificate;
    const Endpoint endpoint{"127.0.0.1", closed_port()};

  private:
    void start(const std::string& folder) {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        for (const int output : {STDOUT_FILENO, STDERR_FILENO})
            posix_spawn_file_actions_addopen(&actions, output, (folder + "/output").c_str(),
                                             O_WRONLY | O_CREAT | O_APPEND, 0600);
        const std::string config = folder + "/xrdp.ini";
        std::vector<std::string> words{program, "--nodaemon", "--config", config};
        std::vector<char*> arguments;
        for (std::string& word : words)
            arguments.push_back(word.data());
        arguments.push_back(nullptr);
        const int error = ::posix_spawn(&process_, program, &actions, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (error != 0)
            FAIL("posix_spawn(" << program << "): " << error);
    }

    TemporaryFolder folder_;
    pid_t process_ = -1;
};

} // namespace

TEST_CASE("xrdp with TLS is complete and serves the certificate that it was given") {
    const auto [layer, versions, seen] = GENERATE(table<std::string, std::string, std::string>({
        {"tls", "TLSv1.2, TLSv1.3", "TLSv1.3"},
        {"negotiate", "TLSv1.2", "TLSv1.2"},
    }));
    const Xrdp server(layer, versions);
    const HandshakeFacts facts = server.handshake();
    CAPTURE(facts.detail, server.log());
    CHECK(facts.stage == HandshakeStage::complete);
    CHECK(facts.selected == 1u); // xrdp has no NLA
    CHECK(facts.tls_version == seen);
    CHECK(facts.certificate == server.certificate.der);
    CHECK_FALSE(facts.alert);
}

TEST_CASE("xrdp with security_layer=rdp is legacy only") {
    const Xrdp server("rdp", "TLSv1.2");
    const HandshakeFacts facts = server.handshake();
    CAPTURE(facts.detail, server.log());
    CHECK(facts.stage == HandshakeStage::legacy_only);
    CHECK(facts.selected == 0u);
    CHECK(facts.certificate.empty());
}

#endif
