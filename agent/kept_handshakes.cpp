// Which connections to the listener were our own, whichever process made them?
#include "agent/kept_handshakes.hpp"

#include "agent/atomic_file.hpp"
#include "probes/bounded_json.hpp"
#include "probes/time_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace rdpmedic {
namespace {

using nlohmann::json;

constexpr const char* version_name = "rdpmedic_own_handshakes";
constexpr std::size_t longest_file = 1 << 20; // twice what `most` of them take

Error malformed(const std::string& why) { return {Errc::malformed, 0, "own handshakes: " + why}; }

// In the order of time, each once.
std::vector<OwnHandshake> joined(std::vector<OwnHandshake> one, const std::vector<OwnHandshake>& other) {
    one.insert(one.end(), other.begin(), other.end());
    std::sort(one.begin(), one.end());
    one.erase(std::unique(one.begin(), one.end()), one.end());
    return one;
}

} // namespace

std::string to_json(const std::vector<OwnHandshake>& handshakes) {
    json rows = json::array();
    for (const OwnHandshake& handshake : handshakes)
        rows.push_back({{"from", to_iso(handshake.from)},
                        {"until", to_iso(handshake.until)},
                        {"socket", handshake.local_address},
                        {"tls", handshake.tls_completed}});
    const json document{{version_name, 1}, {"handshakes", std::move(rows)}};
    return document.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<std::vector<OwnHandshake>> handshakes_from_json(std::string_view text) {
    json document;
    if (Result<> parsed = parse_json(text, "own handshakes", document); !parsed)
        return parsed.error();
    std::vector<OwnHandshake> handshakes;
    try {
        if (document.at(version_name) != 1)
            return malformed(std::string(version_name) + " is not 1");
        for (const json& row : document.at("handshakes")) {
            const auto from = time_from_iso(row.at("from").get<std::string>());
            const auto until = time_from_iso(row.at("until").get<std::string>());
            if (!from || !until)
                return malformed("a time is expected");
            handshakes.push_back({*from, *until, row.at("socket").get<std::string>(), row.at("tls").get<bool>()});
        }
    } catch (const json::exception& error) {
        return malformed(error.what());
    }
    return handshakes;
}

KeptHandshakes::KeptHandshakes(std::filesystem::path file, std::chrono::seconds look_back)
    : file_(std::move(file)), look_back_(look_back + std::chrono::minutes{1}) {} // events are written a little later

void KeptHandshakes::add(OwnHandshake handshake) {
    const Time now = handshake.until;
    OwnHandshakes::add(std::move(handshake));
    const std::lock_guard lock(mutex_);
    const Result<std::vector<OwnHandshake>> kept = read();
    if (!kept) // it may hold what others have noted; ours goes along with the next
        return;
    std::vector<OwnHandshake> all = joined(*kept, OwnHandshakes::list());
    // On both sides: a clock that was wrong and is set back leaves some in the future.
    std::erase_if(all,
                  [&](const OwnHandshake& one) { return one.until < now - look_back_ || one.from > now + look_back_; });
    if (all.size() > most)
        all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(most));
    const Result<> written = write_file_atomically(file_, to_json(all));
    if (written)
        told_.clear();
    else if (written.error().code == Errc::not_found) // the folder, which is worse than a list that is not begun yet
        note({Errc::io, written.error().native, written.error().where});
    else
        note(written.error());
}

std::vector<OwnHandshake> KeptHandshakes::list() const {
    const std::lock_guard lock(mutex_);
    Result<std::vector<OwnHandshake>> kept = read();
    return joined(kept ? std::move(*kept) : std::vector<OwnHandshake>{}, OwnHandshakes::list());
}

std::optional<Error> KeptHandshakes::trouble() {
    const std::lock_guard lock(mutex_);
    return std::exchange(trouble_, std::nullopt);
}

// With the lock held. Missing and damaged are an empty list; an error is for what cannot be read.
Result<std::vector<OwnHandshake>> KeptHandshakes::read() const {
    const Result<std::string> text = read_whole_file(file_, longest_file);
    Result<std::vector<OwnHandshake>> kept =
        text ? handshakes_from_json(*text) : Result<std::vector<OwnHandshake>>(text.error());
    if (kept)
        return kept;
    note(kept.error());
    if (is_absent(kept) || kept.error().code == Errc::malformed)
        return std::vector<OwnHandshake>{};
    return kept;
}

// With the lock held. Said once, however often the file is asked for.
void KeptHandshakes::note(const Error& error) const {
    std::string text = describe(error);
    if (text == told_)
        return;
    told_ = std::move(text);
    trouble_ = error;
}

} // namespace rdpmedic
