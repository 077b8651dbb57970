// Who may ask, and who may repair?
#include "api/tokens.hpp"

#include "agent/atomic_file.hpp"
#include "agent/disk.hpp"
#include "api/strict_json.hpp"
#include "probes/time_text.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>

namespace rdpmedic::api {
namespace {

using nlohmann::json;
constexpr std::size_t largest_file = 1 << 20;
constexpr std::array<std::string_view, 1> file_keys{"tokens"};
constexpr std::array<std::string_view, 5> entry_keys{"name", "role", "sha256", "created", "expires"};

std::string sha256_hex(std::string_view text) {
    std::array<unsigned char, 32> hash{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha256(), nullptr) != 1 || size != hash.size())
        return {}; // matches no entry: those have 64 digits
    std::string hex;
    for (const unsigned char byte : hash) {
        hex += "0123456789abcdef"[byte >> 4];
        hex += "0123456789abcdef"[byte & 15];
    }
    return hex;
}

std::string base64url(const std::array<unsigned char, 32>& bytes) {
    std::array<unsigned char, 48> coded{};
    const int size = EVP_EncodeBlock(coded.data(), bytes.data(), static_cast<int>(bytes.size()));
    std::string text;
    for (int i = 0; i < size; ++i) {
        const char c = static_cast<char>(coded[static_cast<std::size_t>(i)]);
        if (c != '=')
            text += c == '+' ? '-' : c == '/' ? '_' : c;
    }
    return text;
}

// Names go into logs, the audit trail and labels of metrics.
std::string problem_of_name(std::string_view name) {
    if (name.empty() || name.size() > 64)
        return "expected a name of 1 to 64 characters";
    for (const char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
              c == '-' || c == '@'))
            return "expected letters, digits and . _ - @ only";
    return {};
}

// Reads one entry and remembers the first thing that is wrong with it.
class EntryReader {
  public:
    EntryReader(const json& object, std::string path) : object_(object), path_(std::move(path)) {
        problem_ = first_unknown_key(object, path_, entry_keys);
    }

    std::string text(const char* key) {
        if (!problem_.empty())
            return {};
        const auto found = object_.find(key);
        if (found == object_.end())
            return fail(key, "missing");
        if (!found->is_string())
            return fail(key, std::string("expected a string, found ") + found->type_name());
        return found->get<std::string>();
    }
    Time time(const char* key) {
        const std::string value = text(key);
        if (!problem_.empty())
            return {};
        const Result<Time> time = time_from_iso(value);
        if (!time)
            fail(key, "expected a time as 2026-03-01T12:00:00Z");
        return time ? *time : Time{};
    }
    bool has(const char* key) const { return problem_.empty() && object_.contains(key); }
    std::string fail(const char* key, const std::string& why) {
        if (problem_.empty())
            problem_ = path_ + "/" + key + ": " + why;
        return {};
    }
    const std::string& problem() const { return problem_; }

  private:
    const json& object_;
    std::string path_, problem_;
};

Result<TokenEntry> entry_from_json(const json& object, const std::string& path) {
    EntryReader reader(object, path);
    TokenEntry entry;
    entry.name = reader.text("name");
    if (const std::string wrong = problem_of_name(entry.name); !wrong.empty())
        reader.fail("name", wrong);
    const std::string role = reader.text("role");
    if (role != "read" && role != "repair")
        reader.fail("role", "expected \"read\" or \"repair\"");
    entry.role = role == "repair" ? Role::repair : Role::read;
    entry.sha256 = reader.text("sha256");
    if (entry.sha256.size() != 64 || entry.sha256.find_first_not_of("0123456789abcdef") != std::string::npos)
        reader.fail("sha256", "expected 64 lower-case hexadecimal digits");
    entry.created = reader.time("created");
    if (reader.has("expires"))
        entry.expires = reader.time("expires");
    if (!reader.problem().empty())
        return Error{Errc::malformed, 0, reader.problem()};
    return entry;
}

Result<std::vector<TokenEntry>> entries_from_text(std::string_view text) {
    const Result<json> parsed = parse_strictly(text);
    if (!parsed)
        return parsed.error();
    if (std::string problem = first_unknown_key(*parsed, "", file_keys); !problem.empty())
        return Error{Errc::malformed, 0, std::move(problem)};
    const auto list = parsed->find("tokens");
    if (list == parsed->end())
        return Error{Errc::malformed, 0, "/tokens: missing"};
    if (!list->is_array())
        return Error{Errc::malformed, 0, std::string("/tokens: expected an array, found ") + list->type_name()};
    std::vector<TokenEntry> entries;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const std::string path = "/tokens/" + std::to_string(i);
        Result<TokenEntry> entry = entry_from_json((*list)[i], path);
        if (!entry)
            return entry.error();
        for (const TokenEntry& other : entries)
            if (other.name == entry->name)
                return Error{Errc::malformed, 0, path + "/name: '" + entry->name + "' occurs twice"};
        entries.push_back(*std::move(entry));
    }
    return entries;
}

} // namespace

Result<TokenFile> TokenFile::load(const std::filesystem::path& file) {
    TokenFile tokens;
    const Result<std::string> text = read_whole_file(file, largest_file);
    if (is_absent(text))
        return tokens;
    if (!text)
        return text.error();
    Result<std::vector<TokenEntry>> entries = entries_from_text(*text);
    if (!entries)
        return Error{Errc::malformed, 0, disk::text_of(file) + ", " + entries.error().where};
    tokens.entries_ = *std::move(entries);
    return tokens;
}

const TokenEntry* TokenFile::find(std::string_view token, Time now) const {
    const std::string hash = sha256_hex(token);
    const TokenEntry* found = nullptr;
    for (const TokenEntry& entry : entries_) // all of them, so that the time says nothing about which one it was
        if (entry.sha256.size() == hash.size() && CRYPTO_memcmp(entry.sha256.data(), hash.data(), hash.size()) == 0)
            found = &entry;
    if (token.empty() || found == nullptr || (found->expires && *found->expires <= now))
        return nullptr;
    return found;
}

Result<std::string> TokenFile::add(std::string name, Role role, Time now, std::optional<Time> expires) {
    if (const std::string wrong = problem_of_name(name); !wrong.empty())
        return Error{Errc::malformed, 0, "token name '" + name.substr(0, 80) + "': " + wrong};
    for (const TokenEntry& entry : entries_)
        if (entry.name == name)
            return Error{Errc::malformed, 0, "token name '" + name + "': there is one already"};
    std::array<unsigned char, 32> secret{};
    if (RAND_bytes(secret.data(), static_cast<int>(secret.size())) != 1)
        return Error{Errc::io, 0, "RAND_bytes (no randomness for a token)"};
    std::string token = base64url(secret);
    entries_.push_back({std::move(name), role, sha256_hex(token), now, expires});
    return token;
}

bool TokenFile::remove(std::string_view name) {
    return std::erase_if(entries_, [&](const TokenEntry& entry) { return entry.name == name; }) > 0;
}

Result<> TokenFile::save(const std::filesystem::path& file) const {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const TokenEntry& entry : entries_) {
        nlohmann::ordered_json row{{"name", entry.name},
                                   {"role", entry.role == Role::repair ? "repair" : "read"},
                                   {"sha256", entry.sha256},
                                   {"created", to_iso(entry.created)}};
        if (entry.expires)
            row["expires"] = to_iso(*entry.expires);
        list.push_back(std::move(row));
    }
    return write_file_atomically(file, nlohmann::ordered_json{{"tokens", std::move(list)}}.dump(2) + "\n");
}

} // namespace rdpmedic::api
