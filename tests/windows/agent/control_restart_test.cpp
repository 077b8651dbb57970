// Is a restart scheduled with a way back, and does the mark of this boot stay until one comes?
#include "agent/boot_mark.hpp"
#include "probes/windows/reads.hpp"
#include "tests/windows/agent/control_calls.hpp"
#include "tests/windows/probes/fixtures.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

const RegistryPath marks{"SOFTWARE\\rdpmedic\\Boot"};

} // namespace

TEST_CASE("a restart is scheduled only where it can still be called off") {
    CHECK(std::holds_alternative<CancelRestart>(captured(ScheduleRestart{60, "soon"})));
    CHECK(refused(ScheduleRestart{0, "now"}).code == Errc::unsupported);
    CHECK(std::holds_alternative<CannotUndo>(captured(CancelRestart{})));
}

TEST_CASE("a restart is scheduled and called off") {
    if (!runs_under_wine()) {
        WARN("not under Wine: no test schedules a restart of a real machine");
        return;
    }
    // Wine takes both calls and does nothing: what shows is the mark by which our own restart is known.
    const Change inverse = make(ScheduleRestart{600, "rdpmedic restarts this machine"});
    CHECK(windows::registry_value(marks, "ScheduledRestart").has_value());
    apply(inverse);
    CHECK(is_absent(windows::registry_value(marks, "ScheduledRestart")));
    apply(inverse); // already so
}

TEST_CASE("the way back of a restart that did not come about leaves another restart alone") {
    if (!runs_under_wine())
        return;
    const Change first = make(ScheduleRestart{600, "first"});
    const Change second = captured(ScheduleRestart{900, "second"}); // refused by Windows while the first is scheduled
    apply(second);
    CHECK(windows::registry_value(marks, "ScheduledRestart").has_value());
    apply(first);
    CHECK(is_absent(windows::registry_value(marks, "ScheduledRestart")));
}

TEST_CASE("the mark of this boot stays the same and goes with the boot") {
    const auto mark = boot_mark();
    REQUIRE(mark.has_value());
    CHECK(mark->size() > 16);
    CHECK(boot_mark().value() == *mark);
    // Only below a key that goes with the boot is a lasting one refused.
    HKEY key = nullptr;
    CHECK(::RegCreateKeyExW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\rdpmedic\\Boot\\lasting", 0, nullptr,
                            REG_OPTION_NON_VOLATILE, KEY_READ, nullptr, &key, nullptr) == ERROR_CHILD_MUST_BE_VOLATILE);
    if (key)
        ::RegCloseKey(key);
}

TEST_CASE("another boot has another mark, and a mark that is no text is none") {
    const std::string before = boot_mark().value();
    const Change inverse = make(SetRegistryValue{marks, "Mark", std::nullopt}); // as after a restart
    const std::string after = boot_mark().value();
    CHECK(after != before);
    apply(SetRegistryValue{marks, "Mark", RegistryValue{REG_DWORD, std::uint32_t{7}}});
    CHECK(boot_mark().error().code == Errc::malformed);
    apply(inverse);
    CHECK(boot_mark().value() == before);
}
