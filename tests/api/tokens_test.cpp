// Can a damaged token file ever open access?
#include "api/token_keeper.hpp"
#include "api/tokens.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace rdpmedic;
using namespace rdpmedic::api;
using testing::TemporaryFolder;

namespace {

constexpr Time now{std::chrono::seconds{1'770'000'000}};

void put(const std::filesystem::path& file, const std::string& text) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

std::string content(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

std::string entry(const std::string& more) {
    return R"({"tokens": [{"name": "a", "role": "read", "created": "2026-01-01T00:00:00Z", "sha256": ")" +
           std::string(64, 'a') + "\"" + more + "}]}";
}

} // namespace

TEST_CASE("a new token is found again under its name and role, and only its hash is on the disk") {
    const TemporaryFolder folder;
    const auto file = folder.path() / "tokens.json";
    TokenFile tokens;
    const Result<std::string> reader = tokens.add("monitoring", Role::read, now, std::nullopt);
    const Result<std::string> fixer = tokens.add("admin", Role::repair, now, now + std::chrono::hours{1});
    REQUIRE(reader.has_value());
    REQUIRE(fixer.has_value());
    CHECK(reader->size() == 43);
    CHECK(*reader != *fixer);
    REQUIRE(tokens.save(file).has_value());
    CHECK(content(file).find(*reader) == std::string::npos);

    const Result<TokenFile> again = TokenFile::load(file);
    REQUIRE(again.has_value());
    const TokenEntry* found = again->find(*reader, now);
    REQUIRE(found != nullptr);
    CHECK(found->name == "monitoring");
    CHECK(found->role == Role::read);
    CHECK(found->created == now);
    REQUIRE(again->find(*fixer, now) != nullptr);
    CHECK(again->find(*fixer, now)->role == Role::repair);
    CHECK(again->find(*reader, now + std::chrono::years{100}) != nullptr);
    CHECK(again->find("", now) == nullptr);
    CHECK(again->find(*reader + "x", now) == nullptr);
    CHECK(again->find(found->sha256, now) == nullptr);
}

TEST_CASE("a token works until the second before it expires, before and after it was on the disk") {
    const TemporaryFolder folder;
    const auto file = folder.path() / "tokens.json";
    const Time end = now + std::chrono::hours{1};
    TokenFile tokens;
    const std::string token = tokens.add("a", Role::repair, now, end).value();
    REQUIRE(tokens.save(file).has_value());
    const TokenFile loaded = TokenFile::load(file).value();
    TokenKeeper keeper(file);
    for (const TokenFile* one : {static_cast<const TokenFile*>(&tokens), &loaded}) {
        CHECK(one->find(token, end - std::chrono::seconds{1}) != nullptr);
        CHECK(one->find(token, end) == nullptr);
        CHECK(one->find(token, end + std::chrono::seconds{1}) == nullptr);
    }
    CHECK(keeper.check("Bearer " + token, end - std::chrono::seconds{1}).kind == Presented::Kind::repair);
    CHECK(keeper.check("Bearer " + token, end).kind == Presented::Kind::wrong);
}

TEST_CASE("a token is removed by its name, and a name is given once") {
    TokenFile tokens;
    REQUIRE(tokens.add("a", Role::read, now, std::nullopt).has_value());
    CHECK(tokens.add("a", Role::repair, now, std::nullopt).has_error());
    CHECK(tokens.add("line\nbreak", Role::read, now, std::nullopt).has_error());
    CHECK(tokens.add("", Role::read, now, std::nullopt).has_error());
    CHECK_FALSE(tokens.remove("b"));
    CHECK(tokens.remove("a"));
    CHECK(tokens.entries().empty());
}

TEST_CASE("a missing file has no tokens") {
    const TemporaryFolder folder;
    const Result<TokenFile> tokens = TokenFile::load(folder.path() / "tokens.json");
    REQUIRE(tokens.has_value());
    CHECK(tokens->entries().empty());
}

TEST_CASE("a file that is not as documented is refused and says where") {
    const TemporaryFolder folder;
    const auto file = folder.path() / "tokens.json";
    const auto [text, where] = GENERATE_COPY(table<std::string, std::string>({
        {"", "not JSON"},
        {"{", "not JSON"},
        {"[]", "/: expected an object, found array"},
        {"{}", "/tokens: missing"},
        {R"({"tokens": {}})", "/tokens: expected an array, found object"},
        {R"({"tokens": [], "token": []})", "/token: unknown key"},
        {R"({"tokens": [], "tokens": []})", "the key 'tokens' occurs twice"},
        {R"({"tokens": [7]})", "/tokens/0: expected an object, found number"},
        {entry(R"(, "networks": [])"), "/tokens/0/networks: unknown key"},
        {entry(R"(, "expires": 5)"), "/tokens/0/expires: expected a string, found number"},
        {entry(R"(, "expires": "tomorrow")"), "/tokens/0/expires: expected a time"},
        {entry(R"(, "role": "repair")"), "the key 'role' occurs twice"},
        {R"({"tokens": [{"name": "a", "role": "admin", "created": "2026-01-01T00:00:00Z", "sha256": "x"}]})",
         "/tokens/0/role: expected \"read\" or \"repair\""},
        {R"({"tokens": [{"name": "a", "role": "read", "created": "2026-01-01T00:00:00Z", "sha256": "AA"}]})",
         "/tokens/0/sha256: expected 64"},
        {R"({"tokens": [{"role": "read"}]})", "/tokens/0/name: missing"},
        {std::string(10'000, '['), "nested deeper than 32"},
        {std::string(2 << 20, ' '), "longer than"},
    }));
    put(file, text);
    const Result<TokenFile> tokens = TokenFile::load(file);
    REQUIRE(tokens.has_error());
    CHECK(tokens.error().code == Errc::malformed);
    CAPTURE(tokens.error().where);
    CHECK(tokens.error().where.find(where) != std::string::npos);
    CHECK(tokens.error().where.find("tokens.json") != std::string::npos);
}

TEST_CASE("two entries of one name are refused") {
    const TemporaryFolder folder;
    const auto file = folder.path() / "tokens.json";
    const std::string one = R"({"name": "a", "role": "read", "created": "2026-01-01T00:00:00Z", "sha256": ")" +
                            std::string(64, 'a') + "\"}";
    put(file, R"({"tokens": [)" + one + "," + one + "]}");
    const Result<TokenFile> tokens = TokenFile::load(file);
    REQUIRE(tokens.has_error());
    CHECK(tokens.error().where.find("/tokens/1/name: 'a' occurs twice") != std::string::npos);
}

TEST_CASE("damage at any byte gives an error or at most the old rights") {
    const TemporaryFolder folder;
    const auto file = folder.path() / "tokens.json";
    TokenFile tokens;
    const std::string reader = tokens.add("reader", Role::read, now, std::nullopt).value();
    const std::string fixer = tokens.add("fixer", Role::repair, now, now + std::chrono::hours{1}).value();
    REQUIRE(tokens.save(file).has_value());
    const std::string whole = content(file);
    std::size_t refused = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const char other : {'"', 'z', '\xff'}) {
            std::string damaged = whole;
            damaged[at] = other;
            put(file, damaged);
            const Result<TokenFile> read = TokenFile::load(file);
            if (!read) {
                ++refused;
                continue;
            }
            CHECK(read->entries().size() == 2);
            const TokenEntry* found = read->find(reader, now);
            CHECK((found == nullptr || found->role == Role::read));
            CHECK(read->find("", now) == nullptr);
            CHECK(read->find("guess", now) == nullptr);
        }
        put(file, whole.substr(0, at));
        CHECK(TokenFile::load(file).has_error() == (at + 1 < whole.size())); // the last byte is a line feed
    }
    CHECK(refused > whole.size());
}

TEST_CASE("the keeper notices changes and gives no access while the file is damaged") {
    const TemporaryFolder folder;
    const auto file = folder.path() / "tokens.json";
    TokenKeeper keeper(file);
    using Kind = Presented::Kind;
    CHECK(keeper.check("", now).kind == Kind::none);
    CHECK(keeper.check("Bearer x", now).kind == Kind::wrong);

    TokenFile tokens;
    const std::string fixer = tokens.add("fixer", Role::repair, now, std::nullopt).value();
    const std::string reader = tokens.add("reader", Role::read, now, std::nullopt).value();
    REQUIRE(tokens.save(file).has_value());
    CHECK(keeper.check("Bearer " + fixer, now).kind == Kind::repair);
    CHECK(keeper.check("bearer  " + reader, now).kind == Kind::read);
    CHECK(keeper.check("Bearer " + fixer, now).name == "fixer");
    CHECK(keeper.check("Basic " + fixer, now).kind == Kind::wrong);
    CHECK(keeper.check("Bearer", now).kind == Kind::wrong);
    CHECK(keeper.check("Bearer ", now).kind == Kind::wrong);
    CHECK(keeper.check(fixer, now).kind == Kind::wrong);

    const std::string whole = content(file);
    put(file, whole.substr(0, whole.size() / 2));
    const Presented damaged = keeper.check("Bearer " + fixer, now);
    CHECK(damaged.kind == Kind::unavailable);
    CHECK(damaged.problem.find("tokens.json") != std::string::npos);
    CHECK(keeper.check("", now).kind == Kind::none);

    put(file, whole);
    CHECK(keeper.check("Bearer " + fixer, now).kind == Kind::repair);
    std::filesystem::remove(file);
    CHECK(keeper.check("Bearer " + fixer, now).kind == Kind::wrong);
    std::filesystem::create_directory(file);
    CHECK(keeper.check("Bearer " + fixer, now).kind == Kind::unavailable);
}
