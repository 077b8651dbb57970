// Who had what done to this host, and has anybody changed the story since?
#include "agent/repair/audit.hpp"

#include "agent/atomic_file.hpp"
#include "agent/digest.hpp"
#include "agent/disk.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace rdpmedic {

namespace {

using nlohmann::json;

constexpr std::size_t largest_file = 256u << 20;
constexpr std::streamoff tail_size = 1 << 20; // far more than one line

const std::string start_of_chain(64, '0');

// Names and texts come from outside: what is not UTF-8 is replaced here, because a line must always be writable.
std::string dump(const json& line) { return line.dump(-1, ' ', false, json::error_handler_t::replace); }

std::string chained_line(json event, const std::string& previous) {
    event["previous"] = previous;
    event.erase("hash");
    event["hash"] = sha256_hex(dump(event));
    return dump(event) + "\n";
}

// The hash that a line carries, when it is the hash of that line. Empty: it is not.
std::string honest_hash(std::string_view text, std::string* previous = nullptr) {
    json line = json::parse(text, nullptr, false);
    if (!line.is_object() || !line.contains("hash") || !line["hash"].is_string())
        return {};
    const std::string hash = line["hash"];
    if (previous != nullptr)
        *previous = line.value("previous", json("")).dump();
    line.erase("hash");
    return sha256_hex(dump(line)) == hash ? hash : std::string();
}

struct Tail {
    std::string previous = start_of_chain;
    std::string torn; // bytes behind the last line break
    std::uintmax_t whole_bytes = 0;
};

// A last line without a line break was cut by a crash. A whole last line whose hash is wrong keeps its claimed place in
// the chain: appending must go on, and verify_audit shows the break.
Result<Tail> tail_of(const std::filesystem::path& file) {
    Tail tail;
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(file, error);
    if (error == std::errc::no_such_file_or_directory)
        return tail;
    if (error)
        return Error{Errc::io, static_cast<std::uint32_t>(error.value()), "size of " + disk::text_of(file)};
    std::ifstream stream(file, std::ios::binary);
    const auto begin = std::max<std::streamoff>(0, static_cast<std::streamoff>(size) - tail_size);
    std::string text(static_cast<std::size_t>(static_cast<std::streamoff>(size) - begin), '\0');
    if (!stream.seekg(begin) || !stream.read(text.data(), static_cast<std::streamsize>(text.size())))
        return Error{Errc::io, 0, "read " + disk::text_of(file)};
    const std::size_t end = text.rfind('\n');
    tail.torn = text.substr(end == std::string::npos ? 0 : end + 1);
    tail.whole_bytes = size - tail.torn.size();
    if (end == std::string::npos)
        return tail;
    const std::size_t before = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
    const std::string last = text.substr(before == std::string::npos ? 0 : before + 1, end - (before + 1));
    const std::string hash = honest_hash(last);
    tail.previous = hash.empty() ? sha256_hex(last) : hash;
    return tail;
}

} // namespace

Result<> Audit::append(Time time, json event) {
    const std::lock_guard lock(mutex_);
    auto tail = tail_of(file_);
    if (!tail)
        return tail.error();
    std::string lines;
    if (!tail->torn.empty()) {
        std::error_code error;
        std::filesystem::resize_file(file_, tail->whole_bytes, error);
        if (error)
            return Error{Errc::io, static_cast<std::uint32_t>(error.value()), "shorten " + disk::text_of(file_)};
        lines = chained_line({{"event", "torn_line_removed"}, {"text", tail->torn}}, tail->previous);
        tail->previous = honest_hash(std::string_view(lines).substr(0, lines.size() - 1));
    }
    event["time"] = time.time_since_epoch().count();
    lines += chained_line(std::move(event), tail->previous);
    return disk::append(file_, lines);
}

Result<std::size_t> verify_audit(const std::filesystem::path& file) {
    auto content = read_whole_file(file, largest_file);
    if (is_absent(content))
        return std::size_t{0};
    if (!content)
        return content.error();
    std::string expected = start_of_chain;
    std::size_t number = 0;
    for (std::string_view rest = *content; !rest.empty();) {
        ++number;
        const std::string where = disk::text_of(file) + ", line " + std::to_string(number) + ": ";
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos)
            return Error{Errc::malformed, 0, where + "has no end"};
        std::string previous;
        const std::string hash = honest_hash(rest.substr(0, end), &previous);
        if (hash.empty())
            return Error{Errc::malformed, 0, where + "does not have the hash it claims"};
        if (previous != "\"" + expected + "\"")
            return Error{Errc::malformed, 0, where + "does not follow the line before it"};
        expected = hash;
        rest.remove_prefix(end + 1);
    }
    return number;
}

} // namespace rdpmedic
