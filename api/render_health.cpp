// How does a snapshot look as a health check?
#include "api/render_health.hpp"

#include "probes/diagnosis/repair_options.hpp"
#include "probes/time_text.hpp"

#include <nlohmann/json.hpp>

#include <openssl/evp.h>

#include <array>

namespace rdpmedic::api {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

unsigned http_status(Status status) { return status == Status::fail ? 503 : 200; }

// A probe that fails although nothing critical was seen fails because it is blind: its unknown entries say so.
Status status_of_entry(const ProbeState& state, const StandingFinding& standing, Status probe) {
    const auto critical = [](const StandingFinding& other) { return other.finding.severity == Severity::critical; };
    const bool blind = probe == Status::fail && std::none_of(state.findings.begin(), state.findings.end(), critical);
    return blind && standing.finding.severity == Severity::unknown ? Status::fail
                                                                   : status_of(standing.finding.severity);
}

// "/repair/listener?end_drain=true": where its plan is, with the option without which it leaves the finding alone.
std::string repair_of(const Finding& finding) {
    const std::string option(diagnosis::option_of(finding));
    return "/repair/" + finding.repair + (option.empty() ? "" : "?" + option);
}

Json entry_of(const StandingFinding& standing, const ProbeState& state, Status status) {
    const Finding& finding = standing.finding;
    Json entry{{"status", name_of(status)},
               {"code", finding.code},
               {"severity", name_of(finding.severity)},
               {"output", finding.text},
               {"since", to_iso(standing.since)}};
    if (state.last_report)
        entry["time"] = to_iso(*state.last_report);
    if (!finding.subject.empty())
        entry["subject"] = finding.subject;
    if (!finding.evidence.empty())
        entry["evidence"] = finding.evidence;
    if (!finding.repair.empty())
        entry["repair"] = repair_of(finding);
    if (!finding.policy.empty())
        entry["policy"] = finding.policy;
    return entry;
}

Json entries_of(const Snapshot& snapshot, const ProbeState& state, Time now) {
    const Status status = status_in(snapshot, state, now);
    Json entries = Json::array();
    for (const StandingFinding& standing : state.findings)
        entries.push_back(entry_of(standing, state, status_of_entry(state, standing, status)));
    if (!state.last_report) {
        entries.push_back({{"status", name_of(status)},
                           {"code", "agent.no_report"},
                           {"severity", name_of(Severity::unknown)},
                           {"output", "the probe has not reported yet"},
                           {"since", to_iso(snapshot.started)}});
    } else if (entries.empty() && status == Status::pass) {
        entries.push_back({{"status", "pass"}, {"time", to_iso(*state.last_report)}});
    } else if (entries.empty()) { // reported well once, and is silent since
        entries.push_back({{"status", name_of(status)},
                           {"code", "agent.no_report"},
                           {"severity", name_of(Severity::unknown)},
                           {"output", "the probe has not reported for more than three periods"},
                           {"since", to_iso(*state.last_report)},
                           {"time", to_iso(*state.last_report)}});
    }
    return entries;
}

struct Counts {
    std::array<std::size_t, 3> of{}; // by Status
    std::string worst{};             // what to say first: "cert.expired: The certificate ..."
    Status status = Status::pass;
};

Counts count(const Snapshot& snapshot, std::string_view only, Time now) {
    Counts counts;
    for (const auto& [id, state] : snapshot.probes) {
        if (!only.empty() && only != id)
            continue;
        const Status status = status_in(snapshot, state, now);
        ++counts.of[static_cast<std::size_t>(status)];
        if (status <= counts.status)
            continue;
        counts.status = status;
        counts.worst = state.findings.empty()
                           ? id + ": no report"
                           : state.findings.front().finding.code + ": " + state.findings.front().finding.text;
    }
    return counts;
}

std::string sentence_of(const Counts& counts) {
    const std::size_t bad = counts.of[1] + counts.of[2];
    const std::size_t all = bad + counts.of[0];
    if (bad == 0)
        return all == 1 ? "the probe passes" : "all " + std::to_string(all) + " probes pass";
    return counts.worst + (bad > 1 ? " (and " + std::to_string(bad - 1) + " more)" : "");
}

// Weak, because the times of the reports may differ: it names the statuses and findings, not the bytes.
std::string etag_of(const Json& body) {
    Json content = body;
    for (auto& check : content["checks"])
        for (auto& entry : check)
            entry.erase("time");
    const std::string text = text_of(content);
    std::array<unsigned char, 32> hash{};
    if (EVP_Digest(text.data(), text.size(), hash.data(), nullptr, EVP_sha256(), nullptr) != 1)
        return {};
    std::string tag = "W/\"";
    for (std::size_t i = 0; i < 12; ++i) {
        tag += "0123456789abcdef"[hash[i] >> 4];
        tag += "0123456789abcdef"[hash[i] & 15];
    }
    return tag + '"';
}

Response render(const Snapshot& snapshot, std::string_view only, Time now, std::string_view version) {
    const Counts counts = count(snapshot, only, now);
    const Status status = only.empty() ? status_of(snapshot, now) : counts.status;
    Json checks = Json::object();
    for (const auto& [id, state] : snapshot.probes)
        if (only.empty() || only == id)
            checks[id] = entries_of(snapshot, state, now);
    const Json body{{"status", name_of(status)},
                    {"output", sentence_of(counts)},
                    {"version", version},
                    {"checks", std::move(checks)}};
    Response response = respond(http_status(status), "application/health+json", text_of(body));
    if (std::string tag = etag_of(body); !tag.empty())
        response.fields.emplace_back("ETag", std::move(tag));
    return response;
}

std::string_view opaque(std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; }

} // namespace

Status status_in(const Snapshot& snapshot, const ProbeState& state, Time now) {
    const Status status = status_of(state, now);
    if (state.last_report)
        return status;
    Snapshot alone;
    alone.started = snapshot.started;
    alone.probes[state.probe] = state;
    return std::max(status, status_of(alone, now));
}

Response render_health(const Snapshot& snapshot, Time now, std::string_view version) {
    return render(snapshot, {}, now, version);
}

std::optional<Response> render_health(const Snapshot& snapshot, std::string_view probe, Time now,
                                      std::string_view version) {
    if (snapshot.probes.find(probe) == snapshot.probes.end())
        return std::nullopt;
    return render(snapshot, probe, now, version);
}

std::optional<Response> render_nagios(const Snapshot& snapshot, std::string_view probe, Time now) {
    if (!probe.empty() && snapshot.probes.find(probe) == snapshot.probes.end())
        return std::nullopt;
    const Counts counts = count(snapshot, probe, now);
    const Status status = probe.empty() ? status_of(snapshot, now) : counts.status;
    std::string said = sentence_of(counts);
    for (char& c : said) // a bar begins the performance data, a line feed the long output
        if (c == '|' || c == '\n' || c == '\r')
            c = ' ';
    const char* word = status == Status::pass ? "OK" : status == Status::warn ? "WARNING" : "CRITICAL";
    return respond(http_status(status), "text/plain; charset=utf-8",
                   std::string("RDPMEDIC ") + word + " - " + said + " | fail=" + std::to_string(counts.of[2]) +
                       " warn=" + std::to_string(counts.of[1]) + " pass=" + std::to_string(counts.of[0]) + "\n");
}

Response render_ready(const Snapshot& snapshot) {
    std::string waiting;
    for (const auto& [id, state] : snapshot.probes)
        if (!state.last_report)
            waiting += (waiting.empty() ? "" : ", ") + id;
    const bool ready = snapshot.complete();
    const Json body{{"status", ready ? "pass" : "fail"},
                    {"output", ready ? "every probe has reported" : "waiting for the first report of " + waiting}};
    return respond(ready ? 200 : 503, "application/health+json", text_of(body));
}

Response unless_known(Response response, std::string_view if_none_match) {
    if (if_none_match.empty() || response.status != 200)
        return response; // a failure is never kept back
    std::string_view tag;
    for (const auto& [name, value] : response.fields)
        if (name == "ETag")
            tag = opaque(value);
    if (tag.empty())
        return response;
    for (std::string_view rest = if_none_match; !rest.empty();) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        std::string_view one = rest.substr(0, comma);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
        one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
        one = one.substr(0, one.find_last_not_of(" \t") + 1);
        if (one != "*" && opaque(one) != tag)
            continue;
        response.status = 304;
        response.body.reset();
        break;
    }
    return response;
}

const Response& HealthPage::at(std::shared_ptr<const Snapshot> snapshot, Time now, std::string_view version) {
    if (snapshot == snapshot_ && now == checked_)
        return response_;
    std::vector<Status> statuses;
    for (const auto& [id, state] : snapshot->probes)
        statuses.push_back(status_in(*snapshot, state, now));
    if (snapshot != snapshot_ || statuses != statuses_)
        response_ = render_health(*snapshot, now, version);
    snapshot_ = std::move(snapshot);
    statuses_ = std::move(statuses);
    checked_ = now;
    return response_;
}

} // namespace rdpmedic::api
