// Does one idempotency key mean one request, now and after a restart?
#include "agent/repair/request_key.hpp"
#include "tests/support/desk_bench.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

RepairRequest request_with(const std::string& key) {
    RepairRequest request = setting_request();
    request.idempotency_key = key;
    return request;
}

std::vector<Repair> two_repairs() {
    Repair other = setting_repair();
    other.name = "other";
    return {setting_repair(), std::move(other)};
}

} // namespace

TEST_CASE("an idempotency key that comes with another request is refused, also after a restart") {
    DeskBench bench;
    auto desk = bench.desk(two_repairs());
    const Job first = ended(*desk, desk->start(request_with("k1")));
    REQUIRE(first.outcome == Outcome::repaired);
    bench.host.set_dword(bench_key, "x", 0);
    RepairRequest another = request_with("k1");
    SECTION("another repair") { another.repair = "other"; }
    SECTION("other options") { another.options = {{"loud", "true"}}; }
    SECTION("another consent") { another.disconnect_sessions = true; }
    SECTION("another plan") { another.plans = {first.plan_hash}; }
    for (int i = 0; i < 2; ++i) {
        const auto refused = desk->start(another);
        CHECK(kind_of_refusal(refused) == Refusal::Kind::key_reused);
        CHECK(std::get<Refusal>(refused).text.find(first.id) != std::string::npos);
        CHECK(ended(*desk, desk->start(request_with("k1"))).id == first.id);
        desk = bench.desk(two_repairs());
    }
    CHECK(bench.x() == 0);
    another.idempotency_key = "k2";
    CHECK(ended(*desk, desk->start(another)).outcome == Outcome::repaired);
}

TEST_CASE("the same request gives the first job again although its plans are not called for any more") {
    DeskBench bench;
    auto desk = bench.desk(two_repairs());
    RepairRequest request = request_with("k1");
    request.plans = {"old", std::get<Plan>(desk->plan("setting", {})).hash()};
    const Job first = ended(*desk, desk->start(request));
    REQUIRE(first.outcome == Outcome::repaired);
    CHECK(ended(*desk, desk->start(request)).id == first.id);
}

TEST_CASE("one key of two callers is two keys, and without a key nothing is remembered") {
    RepairRequest one = request_with("k1"), other = request_with("k1");
    other.caller.name = "night";
    CHECK(key_of(one)->scope != key_of(other)->scope);
    other.caller = {one.caller.name, "192.0.2.8"};
    CHECK(key_of(one) == key_of(other));
    CHECK(request_key_from(to_text(key_of(one))) == key_of(one));
    one.idempotency_key.clear();
    CHECK_FALSE(key_of(one).has_value());
    CHECK(to_text(key_of(one)).empty());
    CHECK_FALSE(request_key_from("").has_value());
}

TEST_CASE("of an idempotency key that an earlier build noted the repair counts, and what is no key is none") {
    DeskBench bench;
    const auto folder = bench.folder.path() / "data" / "journal";
    const auto note = [&](const std::string& id, const std::string& key) {
        Job job;
        job.id = id;
        job.repair = "setting";
        job.outcome = Outcome::repaired;
        auto journal = Journal::begin(folder, job, key, disk::append);
        REQUIRE(journal.has_value());
        REQUIRE(journal->finished(job).has_value());
    };
    note("1", R"(["ops","setting","k1"])");
    int id = 2;
    for (const char* odd : {"k2", "[]", R"(["ops","k2"])", R"(["ops","setting",2])", R"({"scope":2,"request":""})",
                            R"({"scope":"k2"})", "\"k2\"", "null", "{"})
        note(std::to_string(id++), odd);
    auto desk = bench.desk(two_repairs());
    CHECK(ended(*desk, desk->start(request_with("k1"))).id == "1");
    RepairRequest another = request_with("k1");
    another.repair = "other";
    CHECK(kind_of_refusal(desk->start(another)) == Refusal::Kind::key_reused);
    CHECK(bench.x() == 0);
    CHECK(ended(*desk, desk->start(request_with("k2"))).outcome == Outcome::repaired);
    CHECK(bench.x() == 1);
}
