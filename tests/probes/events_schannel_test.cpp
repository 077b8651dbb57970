// Does a log in which Schannel writes nothing prove nothing?
#include "probes/diagnosis/event_view.hpp"
#include "probes/recorded/recorded_host.hpp"

#include "tests/probes/diagnosis/ranked.hpp"
#include "tests/probes/events_look.hpp"
#include "tests/probes/recorded_hosts.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using events::Kind;

TEST_CASE("Schannel that is set to log no errors is said, and any mask with errors in it is not") {
    const auto [mask, silent] =
        GENERATE(table<std::uint32_t, bool>({{0, true}, {1, false}, {2, true}, {3, false}, {4, true}, {7, false}}));
    LogHost host;
    host.set_dword(events::schannel_key, "EventLogging", mask);
    INFO(mask);
    CHECK(codes(look(host)) == (silent ? Codes{"events.schannel_silent info"} : Codes{}));
}

TEST_CASE("without a setting Schannel logs its errors, and one that cannot be read is unknown") {
    LogHost host;
    CHECK(codes(look(host)) == Codes{});
    host.fail("registry_value HKLM\\" + events::schannel_key.key + ": EventLogging",
              Error{Errc::access_denied, 5, "RegOpenKeyExW"});
    CHECK(codes(look(host)) == Codes{"events.unknown unknown"});
}

TEST_CASE("where Schannel may log no errors, that there is none is not known") {
    MadeAnswers answers;
    const auto seen = [&](Kind kind) { return diagnosis::EventView(answers.events).is_seen(kind); };
    CHECK(seen(Kind::key_unreadable) == false);
    for (const Result<std::uint32_t>& logging :
         {Result<std::uint32_t>{0u}, Result<std::uint32_t>{Error{Errc::access_denied, 5, "RegOpenKeyExW"}}}) {
        answers.events->schannel_logging = logging;
        for (const Kind kind : {Kind::key_unreadable, Kind::tls_protocols_disabled, Kind::tls_credential_failed,
                                Kind::no_common_cipher, Kind::tls_alert})
            CHECK_FALSE(seen(kind).has_value());
        CHECK(seen(Kind::certificate_not_created) == false); // of another source
        CHECK(has(diagnosis::diagnose({0x904, 0x7}, answers, diagnosed_at).notes, "Schannel is set to log no errors"));
    }
    answers.saw(Kind::key_unreadable); // from before it was switched off
    CHECK(seen(Kind::key_unreadable) == true);
    answers.events->schannel_logging = 1u;
    CHECK_FALSE(
        has(diagnosis::diagnose({0x904, 0x7}, answers, diagnosed_at).notes, "Schannel is set to log no errors"));
}

TEST_CASE("a look at a while that somebody asks about knows it, too") {
    LogHost host;
    host.set_dword(events::schannel_key, "EventLogging", 0);
    const auto facts = events::collect_span(host, context_of(host), {host.time - minutes{10}, host.time - minutes{5}});
    REQUIRE(facts.has_value());
    CHECK(events::logs_schannel_errors(*facts) == false);
}
