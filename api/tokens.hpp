// Who may ask, and who may repair? Bearer tokens, of which only the hash is stored.
#pragma once

#include "probes/facts.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rdpmedic::api {

// In order: repair includes read.
enum class Role { read, repair };

struct TokenEntry {
    std::string name;
    Role role = Role::read;
    std::string sha256; // lower-case hex of the hash of the token
    Time created{};
    std::optional<Time> expires;
};

// The tokens of one file. A damaged file is an error, never "no tokens".
class TokenFile {
  public:
    // A missing file has no tokens. Blocks.
    static Result<TokenFile> load(const std::filesystem::path& file);
    const std::vector<TokenEntry>& entries() const { return entries_; }
    // The entry whose hash is that of `token` and which has not expired. Compares in constant time.
    const TokenEntry* find(std::string_view token, Time now) const;
    // Adds an entry and returns the new token, 32 random bytes as base64url; it is not stored and cannot be had again.
    Result<std::string> add(std::string name, Role role, Time now, std::optional<Time> expires);
    bool remove(std::string_view name);
    // Atomically. Blocks.
    Result<> save(const std::filesystem::path& file) const;

  private:
    std::vector<TokenEntry> entries_;
};

} // namespace rdpmedic::api
