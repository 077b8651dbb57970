// Are the events of our own handshakes told from those of clients?
#include "tests/probes/events_look.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::events;
using namespace rdpmedic::testing;

TEST_CASE("our own handshakes are recognised and left out") {
    LogHost host;
    const Time then = host.time - minutes{1};
    const std::vector<OwnHandshake> own{{then, then + seconds{1}, "127.0.0.1:51000", false}};
    host.write("transport", arrival(then, "127.0.0.1:51000", "{ours}"));
    host.write("listener", {connection_manager, 261, then, {{"listenerName", "RDP-Tcp"}}, "", 1, "{ours}", true});
    host.write("transport", {rdp_core, 142, then + seconds{40}, {{"error", "64"}}, "", 1, "{ours}"});
    host.write("transport", {rdp_core, 139, then + seconds{1}, {{"IPString", "127.0.0.1"}, {"ResultCode", "1"}}});
    host.write("admin", {connection_manager, 1158, then, {{"Param1", "127.0.0.1"}}, "", 1, "", true});
    host.write("system", schannel(36870, then + seconds{1}));

    SECTION("all of them") {
        const Facts facts = look(host, nullptr, own);
        CHECK(facts.seen.empty());
        CHECK(facts.ours == 6);
        CHECK(facts.ours_by_kind.at(Kind::key_unreadable) == 1);
        CHECK(codes(facts) == Codes{"events.key_unreadable warning"});
    }
    SECTION("not of a client that comes at the same time") {
        host.write("transport", arrival(then, "192.0.2.7:51000", "{theirs}"));
        host.write("transport", {rdp_core, 142, then, {{"error", "64"}}, "", 1, "{theirs}"});
        const Facts facts = look(host, nullptr, own);
        CHECK(counts(facts) == Counts{{"arrival", 1}, {"key_unreadable", 1}, {"transport_failed", 1}});
        CHECK(facts.ours == 5);
    }
    SECTION("not of a client that came long before and hangs up just then") {
        host.write("transport", arrival(then - minutes{5}, "192.0.2.7:51000", "{theirs}"));
        host.write("transport", {rdp_core, 142, then, {{"error", "64"}}, "", 1, "{theirs}"});
        CHECK(counts(look(host, nullptr, own)) == Counts{{"arrival", 1}, {"transport_failed", 1}});
    }
    SECTION("not of another client on this machine") {
        host.write("transport", arrival(then, "127.0.0.1:51001", "{tunnel}"));
        CHECK(counts(look(host, nullptr, own)) == Counts{{"arrival", 1}, {"key_unreadable", 1}});
    }
    SECTION("not of the same port at another time") {
        host.write("transport", arrival(then - minutes{5}, "127.0.0.1:51000"));
        CHECK(counts(look(host, nullptr, own)) == Counts{{"arrival", 1}});
    }
    SECTION("refused passwords are never ours") {
        host.write("transport", {rdp_core, 140, then, {{"IPString", "127.0.0.1"}}});
        CHECK(counts(look(host, nullptr, own)) == Counts{{"bad_credentials", 1}});
    }
    SECTION("without a handshake of ours nothing is") { CHECK(look(host).ours == 0); }
}

TEST_CASE("handshakes of ours at the same time are all known: a repair proves its cure while the probe looks") {
    LogHost host;
    const Time then = host.time - minutes{1};
    const std::vector<OwnHandshake> own{{then, then, "127.0.0.1:51000", false},
                                        {then, then + seconds{1}, "127.0.0.1:51001", true},
                                        {then + seconds{1}, then + seconds{1}, "192.0.2.1:51002", true}};
    for (const char* socket : {"127.0.0.1:51000", "127.0.0.1:51001", "192.0.2.1:51002"})
        host.write("transport", arrival(then + seconds{1}, socket));
    host.write("transport", {rdp_core, 139, then + seconds{1}, {{"IPString", "192.0.2.1"}, {"ResultCode", "1"}}});
    const Facts facts = look(host, nullptr, own);
    CHECK(facts.seen.empty());
    CHECK(facts.ours == 4);
}

TEST_CASE("a handshake of ours that ends while the logs are read is known, too") {
    struct BusyHost : LogHost {
        mutable OwnHandshakes own;
        Result<EventPage> events(const EventQuery& query) const override {
            if (query.name == "transport")
                own.add({time, time, "127.0.0.1:51000", true});
            return LogHost::events(query);
        }
    } host;
    host.write("transport", arrival(host.time, "127.0.0.1:51000"));
    CHECK(collect(host, context_of(host), &host.own)->ours == 1);
}

TEST_CASE("IPv6 and bracketed addresses of our own sockets are known again") {
    const auto socket = GENERATE(as<std::string>{}, "[::1]:51000", "[127.0.0.1]:51000");
    LogHost host;
    host.write("transport", arrival(host.time, socket));
    const std::string ours = socket == "[::1]:51000" ? socket : "127.0.0.1:51000";
    CHECK(look(host, nullptr, {{host.time, host.time, ours, true}}).ours == 1);
    CHECK(look(host, nullptr, {{host.time, host.time, "[::1]:51001", true}}).ours == 0);
}
