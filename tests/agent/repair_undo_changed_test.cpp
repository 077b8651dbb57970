// Is a finished repair left alone where taking it back would overwrite what somebody has done since?
#include "tests/support/desk_bench.hpp"
#include "tests/support/winsock_host.hpp"

#include <algorithm>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

const Caller boss{"boss", "192.0.2.9"};

// A desk that has carried out one repair on a host; each call of `desk` is another process.
template <class SomeHost>
struct Done {
    explicit Done(Repair which) : repair(std::move(which)) {}

    std::unique_ptr<Desk> desk() {
        auto result = std::make_unique<Desk>(DeskParts{host, &control, folder.path() / "data", settings},
                                             DeskHooks{disk::append, [](std::chrono::milliseconds) {}, {repair}});
        REQUIRE(result->open().has_value());
        return result;
    }
    std::string run(const Options& options) {
        RepairRequest request{repair.name, true};
        request.caller = boss;
        request.options = options;
        auto at = desk();
        const Job job = ended(*at, at->start(request));
        INFO(job.reason);
        CHECK(job.outcome == Outcome::repaired);
        return job.id;
    }
    std::vector<std::string> changed(const std::string& id) {
        const int writes = control.writes;
        const auto refused = desk()->roll_back(id, boss, false);
        CHECK(kind_of_refusal(refused) == Refusal::Kind::changed_since);
        CHECK(control.writes == writes);
        return std::get<Refusal>(refused).details;
    }
    Job taken_back(const std::string& id) {
        auto at = desk();
        Job job = ended(*at, at->roll_back(id, boss, false));
        CHECK(job.outcome == Outcome::rolled_back);
        return job;
    }

    Repair repair;
    TemporaryFolder folder;
    SomeHost host;
    FakeControl control{host};
    Settings settings;
};

struct Renewed : Done<ServingHost> {
    Renewed() : Done(cert_repair()) {
        CertificateOrder order;
        order.not_after = host.time - std::chrono::hours{48};
        host.set_own(order);
        host.serve(host.own().der);
        control.contents[own_key_file] = {1, 2, 3};
        control.makes = CertificateHost::own_certificate(CertificateOrder{});
        control.makes_key_file = own_key_file;
        control.makes_key_access = descriptor(key_sddl(20348));
        control.key_file_is_in_the_way = true;
        control.after_change = serve_what_is_in_use;
    }
};

} // namespace

TEST_CASE("a provider that was installed after the repair of Winsock keeps the catalogue from going back") {
    Done<WinsockHost> done(winsock_repair());
    done.host.add_layer();
    const std::string state = state_of(done.host, done.control);
    const std::string id = done.run({});
    const auto key = FakeHost::lower(R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters\Protocol_Catalog9)");
    done.host.registry[key + R"(\catalog_entries64\000000000099)"]["PackedCatalogItem"] = {3, Bytes{1}};
    CHECK(done.changed(id).size() == 1);
    done.host.registry.erase(key + R"(\catalog_entries64\000000000099)");
    (void)done.taken_back(id);
    CHECK(state_of(done.host, done.control) == state);
}

TEST_CASE("a link that was made to another key since is not taken away") {
    Done<ServingHost> done(cert_repair());
    done.host.pin({}).key = Error{Errc::not_found, 0, "no private key"};
    done.host.hang_up();
    done.control.links_to = KeyLocation{"tq-0123", "Microsoft Software Key Storage Provider", 0, true, pinned_key_name};
    done.control.after_change = serve_what_is_in_use;
    const std::string id = done.run({{"repair_link", "true"}});
    done.host.stores["My"].front().key->container = "another";
    CHECK(done.changed(id).size() == 1);
    done.host.stores["My"].front().key->container = "tq-0123";
    (void)done.taken_back(id);
    CHECK(is_absent(done.host.stores["My"].front().key));
}

TEST_CASE("a renewal is taken back with both names of the key file there, and not when the old key is gone") {
    Renewed done;
    const std::string id = done.run({});
    const std::string backup = own_key_file + ".bak-20260115";
    REQUIRE(done.control.contents.count(own_key_file) == 1);
    REQUIRE(done.control.contents.count(backup) == 1);
    const FileFacts moved = done.host.files.at(FakeHost::lower(backup));
    done.host.files.erase(FakeHost::lower(backup));
    CHECK(done.changed(id) == std::vector<std::string>{"move " + own_key_file + " to " + backup});
    done.host.files[FakeHost::lower(backup)] = moved;
    const Job job = done.taken_back(id);
    // SessionEnv would make a certificate if it were started while there is none.
    CHECK(std::count_if(job.steps.begin(), job.steps.end(),
                        [](const JobStep& step) { return step.what == "start service SessionEnv"; }) == 1);
    CHECK(done.control.contents.at(own_key_file) == Bytes{1, 2, 3});
    CHECK(done.control.contents.count(backup) == 0);
}

TEST_CASE("a certificate that came after the repair keeps its key") {
    Renewed done;
    const std::string id = done.run({});
    CertificateOrder next;
    next.common_name = "host01-next";
    done.host.set_own(next);
    const auto changed = done.changed(id);
    REQUIRE(changed.size() == 1);
    CHECK(changed[0].find("has come into the store Remote Desktop") != std::string::npos);
}
