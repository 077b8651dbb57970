// How does a snapshot look to Prometheus?
#include "api/render_metrics.hpp"

#include "api/render_health.hpp"

#include <cstdio>

namespace rdpmedic::api {
namespace {

std::string seconds_of(std::chrono::milliseconds time) {
    std::array<char, 32> text{};
    const auto count = static_cast<long long>(time.count());
    const int size = std::snprintf(text.data(), text.size(), "%lld.%03lld", count / 1000, count % 1000);
    return {text.data(), static_cast<std::size_t>(size)};
}

// Backslash, quote and line feed are the three that end or break a label value.
std::string quoted(std::string_view value) {
    std::string text = "\"";
    for (const char c : value) {
        if (c == '\\' || c == '"')
            text += '\\';
        text += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return text + '"';
}

class Page {
  public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        name_ = "rdpmedic_" + std::string(name);
        text_.append("# HELP ").append(name_).append(" ").append(help).append("\n");
        text_.append("# TYPE ").append(name_).append(" ").append(type).append("\n");
    }
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
    void sample(Labels labels, const std::string& value) {
        text_ += name_;
        char mark = '{';
        for (const auto& [label, content] : labels) {
            (text_ += mark).append(label).append("=").append(quoted(content));
            mark = ',';
        }
        if (labels.size() > 0)
            text_ += '}';
        text_.append(" ").append(value).append("\n");
    }
    void sample(Labels labels, std::int64_t value) { sample(labels, std::to_string(value)); }
    std::string take() { return std::move(text_); }

  private:
    std::string text_, name_;
};

void add_status(Page& page, const Snapshot& snapshot, Time now) {
    page.family("status", "gauge", "1 for the present status of the host, 0 for the two others.");
    const Status whole = status_of(snapshot, now);
    for (const Status status : {Status::pass, Status::warn, Status::fail})
        page.sample({{"status", name_of(status)}}, whole == status ? 1 : 0);
    page.family("probe_status", "gauge", "1 for the present status of a probe, 0 for the two others.");
    for (const auto& [id, state] : snapshot.probes)
        for (const Status status : {Status::pass, Status::warn, Status::fail})
            page.sample({{"probe", id}, {"status", name_of(status)}},
                        status_in(snapshot, state, now) == status ? 1 : 0);
}

void add_runs(Page& page, const Snapshot& snapshot) {
    page.family("probe_success", "gauge", "1 when the last run of a probe read all that it asked for.");
    for (const auto& [id, state] : snapshot.probes)
        page.sample({{"probe", id}}, state.last_report && state.last_good == state.last_report ? 1 : 0);
    page.family("probe_last_run_timestamp_seconds", "gauge", "When a probe last reported.");
    for (const auto& [id, state] : snapshot.probes)
        if (state.last_report)
            page.sample({{"probe", id}}, state.last_report->time_since_epoch().count());
    page.family("probe_last_success_timestamp_seconds", "gauge", "When a probe last read all that it asked for.");
    for (const auto& [id, state] : snapshot.probes)
        if (state.last_good)
            page.sample({{"probe", id}}, state.last_good->time_since_epoch().count());
    page.family("probe_duration_seconds", "gauge", "How long the last run of a probe took.");
    for (const auto& [id, state] : snapshot.probes)
        if (state.last_report)
            page.sample({{"probe", id}}, seconds_of(state.took));
    page.family("probe_stuck", "gauge", "1 when a probe has not come back within its timeout.");
    for (const auto& [id, state] : snapshot.probes)
        page.sample({{"probe", id}}, state.stuck ? 1 : 0);
}

void add_findings(Page& page, const Snapshot& snapshot) {
    page.family("findings", "gauge", "Findings that stand now.");
    for (const auto& [id, state] : snapshot.probes) {
        std::map<std::pair<std::string, std::string>, std::int64_t> counts;
        for (const StandingFinding& standing : state.findings)
            ++counts[{standing.finding.code, name_of(standing.finding.severity)}];
        for (const auto& [key, many] : counts)
            page.sample({{"probe", id}, {"code", key.first}, {"severity", key.second}}, many);
    }
}

} // namespace

void Counters::answered(unsigned status) {
    const std::lock_guard lock(mutex_);
    ++answers_[status < answers_.size() ? status : 0];
}

void Counters::refused(std::string_view repair, std::string_view kind) {
    const std::lock_guard lock(mutex_);
    ++repairs_[{std::string(repair), std::string(kind)}];
}

void Counters::rollback_refused(std::string_view repair, std::string_view kind) {
    const std::lock_guard lock(mutex_);
    ++rollbacks_[{std::string(repair), std::string(kind)}];
}

void Counters::ended(const Job& job) {
    ++(job.undoes.empty() ? repairs_ : rollbacks_)[{job.repair, name_of(job.outcome)}];
}

void Counters::began(const Job& job) {
    const std::lock_guard lock(mutex_);
    if (!seen_.insert(job.id).second)
        return; // an idempotency key gave the first job again
    if (job.outcome == Outcome::running)
        open_.insert(job.id);
    else
        ended(job);
}

void Counters::settle(const RepairDesk& desk) {
    const std::lock_guard lock(mutex_);
    for (auto id = open_.begin(); id != open_.end();) {
        const std::optional<Job> job = desk.job(*id);
        if (job && job->outcome == Outcome::running) {
            ++id;
            continue;
        }
        if (job)
            ended(*job);
        id = open_.erase(id);
    }
}

Counters::ByStatus Counters::answers() const {
    const std::lock_guard lock(mutex_);
    return answers_;
}

Counters::ByRepair Counters::repairs() const {
    const std::lock_guard lock(mutex_);
    return repairs_;
}

Counters::ByRepair Counters::rollbacks() const {
    const std::lock_guard lock(mutex_);
    return rollbacks_;
}

Response render_metrics(const Snapshot& snapshot, const Counters& counters, Time now, std::string_view version,
                        std::size_t streams) {
    Page page;
    page.family("build_info", "gauge", "Always 1; the version is in the label.");
    page.sample({{"version", version}}, 1);
    page.family("start_time_seconds", "gauge", "When the agent started.");
    page.sample({}, snapshot.started.time_since_epoch().count());
    page.family("snapshots_total", "counter", "Reports of probes since the agent started.");
    page.sample({}, static_cast<std::int64_t>(snapshot.generation));
    add_status(page, snapshot, now);
    add_runs(page, snapshot);
    add_findings(page, snapshot);
    page.family("http_requests_total", "counter", "Answers since the server started, by status.");
    const Counters::ByStatus answers = counters.answers();
    for (std::size_t status = 0; status < answers.size(); ++status)
        if (answers[status] > 0)
            page.sample({{"code", std::to_string(status)}}, static_cast<std::int64_t>(answers[status]));
    page.family("repairs_total", "counter", "Repairs asked for over HTTP, by outcome or by the reason not to begin.");
    for (const auto& [key, many] : counters.repairs())
        page.sample({{"repair", key.first}, {"outcome", key.second}}, static_cast<std::int64_t>(many));
    page.family("rollbacks_total", "counter",
                "Rollbacks asked for over HTTP, by outcome or by the reason not to begin.");
    for (const auto& [key, many] : counters.rollbacks())
        page.sample({{"repair", key.first}, {"outcome", key.second}}, static_cast<std::int64_t>(many));
    page.family("event_streams", "gauge", "Callers that listen to /events now.");
    page.sample({}, static_cast<std::int64_t>(streams));
    return respond(200, "text/plain; version=0.0.4; charset=utf-8", page.take());
}

} // namespace rdpmedic::api
