// What have the event logs said about RDP since the last look?
#include "probes/error_words.hpp"
#include "probes/events.hpp"
#include "probes/events_ledger.hpp"
#include "probes/events_queries.hpp"
#include "probes/events_relations.hpp"
#include "probes/formats/ip_address.hpp"
#include "probes/formats/tls_alert.hpp"
#include "probes/handshake.hpp"
#include "probes/rdp_switch.hpp"
#include "probes/time_text.hpp"

#include <algorithm>
#include <set>

namespace rdpmedic::events {
namespace {

constexpr std::string_view note = "ledger";

// Far more than a host without a flood has between two looks. What lies behind them comes with the next look.
constexpr int most_pages = 4;

// What of this host decides what an event means. Each part has a default that says less: 3389, any process.
Ground ground_of(const Host& host, const JudgeContext& context) {
    Ground ground;
    ground.slow_round_trip = context.limits.round_trip_warn;
    if (const auto port = handshake::listener_port(host))
        ground.port = *port;
    const Result<ServiceFacts> service = host.service("TermService");
    if (!service || service->process_id == 0)
        return ground;
    ground.term_service = service->process_id;
    if (const auto process = host.process(service->process_id))
        ground.term_service_started = process->started;
    return ground;
}

// An event of the service control manager without the registered name of its service.
bool needs_names(const EventRecord& record, const Ground& ground) {
    return record.provider == "Service Control Manager" && record.id != 7036 && service_of(record, ground).empty();
}

// LSM 42, the counterpart of 41.
bool ends_arbitration(const EventRecord& record) {
    return record.id == 42 && record.provider == "Microsoft-Windows-TerminalServices-LocalSessionManager";
}

// One look at everything: records in the order of time, bookmarks moved on.
class Look {
  public:
    Look(const Host& host, const JudgeContext& context, const Span& span, Ledger& ledger)
        : host_(host), context_(context), span_(span), ledger_(ledger), ground_(ground_of(host, context)) {}

    std::vector<Seen> seen() {
        for (EventQuery& query : queries({age_of(span_.until), age_of(span_.from)}, ground_.port))
            ask(query);
        for (const auto& [query, end] : last_)
            ledger_.seen(query, end.first, end.second);
        name_services();
        std::vector<Seen> seen;
        for (EventRecord& record : records_)
            if (const auto kind = classify(record, ground_))
                seen.push_back({std::move(record), *kind});
            else if (ends_arbitration(record))
                seen.push_back({std::move(record), Kind::session_arbitration});
        std::stable_sort(seen.begin(), seen.end(),
                         [](const Seen& a, const Seen& b) { return a.record.time < b.record.time; });
        return seen;
    }

    const Ground& ground() const noexcept { return ground_; }
    const Host& host() const noexcept { return host_; }
    // Whether everything of a query up to now has been seen.
    bool is_up_to_date(const std::string& query) const { return unread.count(query) == 0 && behind.count(query) == 0; }
    // Whether records of a query were lost: its bookmark goes past them, and they never come.
    bool has_lost(const std::string& query) const { return lost_.count(query) != 0; }
    std::map<std::string, Error> unread;
    std::set<std::string> behind; // queries that have more than one look takes

    // Since when one of the two logs that tell of arrivals was read; nothing where neither was.
    std::optional<Time> arrivals_since() const {
        std::optional<Time> since;
        for (const char* query : {"transport", "listener"})
            if (is_up_to_date(query)) {
                const auto cut = ledger_.cuts.find(query);
                const Time read = cut == ledger_.cuts.end() ? span_.from : std::max(cut->second, span_.from);
                since = since ? std::min(*since, read) : read;
            }
        return since;
    }

    // Puts those queries into `unread` whose log begins after the span does.
    void look_back() {
        std::map<std::string, std::optional<Error>> gaps; // by channel
        for (const EventQuery& query : queries({age_of(span_.until), age_of(span_.from)}, ground_.port)) {
            const std::string channel = query.channel.empty() ? "System" : query.channel;
            if (gaps.count(channel) == 0)
                gaps.emplace(channel, gap_in(channel));
            if (const std::optional<Error>& gap = gaps.at(channel))
                unread.emplace(query.name, *gap);
        }
    }

  private:
    std::chrono::milliseconds age_of(Time time) const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::max(context_.now - time, Time::duration{0}));
    }

    // Whether nothing was ever written to the log, as far as one can tell: it is empty, and was not cleared since.
    bool is_still_empty(const std::string& channel) const {
        const Result<EventPage> any = host_.events(any_of(channel));
        const Result<EventPage> cleared = host_.events(cleared_since(age_of(span_.from)));
        if (!any || !any->records.empty() || any->damaged || !cleared || cleared->more || cleared->damaged)
            return false;
        return std::none_of(cleared->records.begin(), cleared->records.end(), [&](const std::string& xml) {
            const Result<EventRecord> record = parse_event(xml);
            return !record || record->field("Channel") == channel;
        });
    }

    // Why the log cannot tell of the whole span; nothing where it can, or where there is no such log.
    std::optional<Error> gap_in(const std::string& channel) const {
        const Result<EventPage> older = host_.events(older_than(age_of(span_.from), channel));
        if (older && older->records.empty() && !older->damaged && !is_still_empty(channel))
            return Error{Errc::not_found, 0, "records of " + channel + " from before " + to_iso(span_.from)};
        if (older || older.error().code == Errc::not_found)
            return std::nullopt;
        const bool recorded =
            older.error().code == Errc::unsupported && context_.now - span_.from <= context_.limits.evidence_window;
        return recorded ? std::nullopt : std::optional(older.error());
    }

    void ask(EventQuery& query) {
        query.bookmark = ledger_.bookmark(query.name);
        for (int page = 0; page < most_pages; ++page) {
            const bool forward = !query.bookmark.empty();
            const Result<EventPage> answer = host_.events(query);
            if (is_unreadable(answer))
                unread.emplace(query.name, answer.error());
            if (!answer) // an older Windows, or a role that is not there, does not have the channel
                return;
            if (answer->damaged)
                lose(query.name, *answer->damaged);
            for (const std::string& xml : answer->records)
                take(query.name, xml);
            ledger_.set_bookmark(query.name, answer->bookmark);
            if (answer->more && (!forward || answer->restarted))
                ledger_.cuts[query.name] = oldest_of(*answer);
            if (!forward || !answer->more || answer->bookmark == query.bookmark)
                return;
            if (page + 1 == most_pages)
                behind.insert(query.name);
            query.bookmark = answer->bookmark;
        }
    }

    // Now, where no record of the page can be read.
    Time oldest_of(const EventPage& page) const {
        for (const std::string& xml : page.records) // oldest first
            if (const Result<EventRecord> record = parse_event(xml))
                return record->time;
        return context_.now;
    }

    void lose(const std::string& query, const Error& error) {
        unread.emplace(query, error);
        lost_.insert(query);
    }

    // What is no event in the documented shape may mean anything.
    void take(const std::string& query, const std::string& xml) {
        Result<EventRecord> record = parse_event(xml);
        if (!record)
            lose(query, record.error());
        if (!record || record->time < span_.from || record->time > span_.until ||
            !ledger_.is_new(query, record->time, record->record))
            return;
        last_[query] = {record->time, record->record};
        records_.push_back(std::move(*record));
    }

    // Once a look at most, and rarely: every service and driver is listed.
    void name_services() {
        if (std::none_of(records_.begin(), records_.end(), [this](const auto& r) { return needs_names(r, ground_); }))
            return;
        const Result<std::vector<ServiceSummary>> services = host_.services();
        if (!services) // then an event that has only a display name is nobody's
            return;
        for (const ServiceSummary& service : *services)
            ground_.service_names.emplace(service.display_name, service.name);
    }

    const Host& host_;
    const JudgeContext& context_;
    const Span& span_;
    Ledger& ledger_;
    Ground ground_;
    std::vector<EventRecord> records_;
    std::set<std::string> lost_;
    std::map<std::string, std::pair<Time, std::uint64_t>> last_;
};

// Names of people are left out, but for whom a logon was refused.
bool is_shown(const EventRecord& record, const std::string& field) {
    if (record.channel != "Security")
        return true;
    for (const char* shown : {"IpAddress", "LogonType", "TargetUserName", "Status", "SubStatus", "SourceAddress"})
        if (field == shown)
            return true;
    return false;
}

// What a number says, behind it: " (certificate_unknown)" for an alert, and for an HRESULT that is written in decimal
// " (0x80070040, the network name is no longer available)". Empty for every other field.
std::string words_of(const EventRecord& record, const std::string& field) {
    const auto number = record.number(field);
    if (!number)
        return {};
    if (field == "AlertDesc" && *number <= 0xFF)
        return " (" + alert_name(static_cast<std::uint8_t>(*number)) + ")";
    if ((field != "Reason" && field != "ReasonCode") || *number < 0x80000000U || *number > 0xFFFFFFFFU)
        return {};
    const auto code = static_cast<std::uint32_t>(*number);
    const std::string_view meaning = hresult_meaning(code);
    return " (" + hresult_text(code) + (meaning.empty() ? "" : ", " + std::string(meaning)) + ")";
}

// "2026-01-15T08:30:00Z Schannel 36870 ErrorCode=0x8009030D Type=server". Fields are foreign text.
std::string line_of(const EventRecord& record, const Ground& ground) {
    constexpr std::size_t longest = 200;
    const auto dash = record.provider.rfind('-');
    std::string line = to_iso(record.time) + " " +
                       (dash == std::string::npos ? record.provider : record.provider.substr(dash + 1)) + " " +
                       std::to_string(record.id);
    if (const std::string service = service_of(record, ground);
        !service.empty() && record.provider == "Service Control Manager")
        line += " service=" + service;
    for (const auto& [name, value] : record.data)
        if (!value.empty() && is_shown(record, name))
            line += " " + name + "=" + value + words_of(record, name);
    for (const std::string& value : record.unnamed)
        if (!value.empty())
            line += " " + value;
    if (line.size() > longest)
        line = line.substr(0, longest - 3) + "...";
    for (char& c : line)
        if (static_cast<unsigned char>(c) < ' ')
            c = ' ';
    return line;
}

// An arbitration that ends, ends within seconds: what is open after a minute will not, once all that has come is read.
void count_arbitrations(Ledger& ledger, Time now) {
    for (auto open = ledger.arbitrations.begin(); open != ledger.arbitrations.end();) {
        const auto& [session, time] = *open;
        if (now - time < std::chrono::minutes{1}) {
            ++open;
            continue;
        }
        ledger.count({Kind::session_arbitration, time, 41, false, false,
                      to_iso(time) + " LocalSessionManager 41 SessionID=" + session + ", without 42"});
        open = ledger.arbitrations.erase(open);
    }
}

// A service that came back is no fault any more.
void follow_service(const Seen& seen, const Ground& ground, Ledger& ledger) {
    const auto& [record, kind] = seen;
    if (kind == Kind::service_failed)
        ledger.failed(service_of(record, ground), record.time, record.record);
    else if (says_that_it_runs(record))
        ledger.runs(service_of(record, ground), record.time, record.record);
}

void count_all(const std::vector<Seen>& seen, const Relations& relations, const Ground& ground, Ledger& ledger) {
    for (const Seen& one : seen) {
        const auto& [record, kind] = one;
        follow_service(one, ground, ledger);
        if (ends_arbitration(record)) {
            ledger.arbitrations.erase(std::string(record.field("SessionID")));
        } else if (kind == Kind::session_arbitration) {
            ledger.arbitrations[std::string(record.field("SessionID"))] = record.time;
        } else if (kind == Kind::closed_early && !relations.is_ours(one) && !relations.is_closed_early(one)) {
            continue; // as every connection ends
        } else if (relations.came_through_rdp(one)) {
            const bool of_rdp =
                is_of_schannel(kind) &&
                caused_by_term_service(record, ground).value_or(relations.came_with_arrival(record.time));
            ledger.count({kind, record.time, record.id, of_rdp, relations.is_ours(one), line_of(record, ground),
                          is_loopback(client_of(record))});
        }
    }
}

Ledger ledger_of(const JudgeContext& context, std::chrono::seconds window) {
    const auto text = context.notes ? context.notes->recall(note) : std::nullopt;
    const auto ledger = text ? Ledger::from_json(*text, window) : std::nullopt;
    return ledger ? *ledger : Ledger(window);
}

// Those of the window, and a little more: an event is written after what it tells.
std::vector<OwnHandshake> recent(const OwnHandshakes* own, const Span& span) {
    std::vector<OwnHandshake> list = own ? own->list() : std::vector<OwnHandshake>{};
    std::erase_if(list, [&span](const OwnHandshake& one) {
        return one.until < span.from - std::chrono::minutes{1} || one.from > span.until;
    });
    return list;
}

// How many of our own handshakes fell into a while without a single arrival: those are in no log. Only those that got
// through TLS are asked for: one that merely connected may have reached a listener that hangs, or another program.
// `margin`: what is counted by slices is forgotten by slices.
std::uint32_t not_logged(const Look& look, const std::vector<OwnHandshake>& own, const Ledger& ledger, Time until,
                         std::chrono::seconds margin) {
    using std::chrono::seconds;
    const std::optional<Time> since = look.arrivals_since();
    if (!since)
        return 0;
    return static_cast<std::uint32_t>(std::count_if(own.begin(), own.end(), [&](const OwnHandshake& one) {
        return one.tls_completed && one.from >= *since + margin && one.until <= until &&
               !ledger.has(Kind::arrival, one.from - seconds{1}, one.until + seconds{2});
    }));
}

// A service that Windows waited for too long (7011) never stopped, and nothing in the log says that it came back.
void forget_running(const Host& host, Time now, Ledger& ledger) {
    for (const auto& [name, time] : ledger.facts({}).services_down)
        if (const auto service = host.service(name); service && service->state == ServiceState::running)
            ledger.runs(name, std::max(now, time + std::chrono::seconds{1}), 0);
}

// Everything of one look, up to `until`, into the ledger. Our own handshakes, asked for after the logs were read, so
// that one that has ended meanwhile is known.
std::vector<OwnHandshake> count_look(Look& look, const OwnHandshakes* own_handshakes, const Span& span, Ledger& ledger,
                                     Time until) {
    const std::vector<Seen> seen = look.seen();
    std::vector<OwnHandshake> own = recent(own_handshakes, span);
    const Relations relations(seen, own, ledger.arrivals);
    count_all(seen, relations, look.ground(), ledger);
    if (look.is_up_to_date("sessions"))
        count_arbitrations(ledger, until);
    else if (look.has_lost("sessions")) // an end may be among them
        ledger.arbitrations.clear();
    ledger.arrivals = relations.arrivals();
    if (!own.empty())
        ledger.tls_worked = own.back().tls_completed ? std::optional(own.back().from) : std::nullopt;
    return own;
}

Facts facts_of(Look& look, const Ledger& ledger, Time from, std::uint32_t not_logged) {
    Facts facts = ledger.facts(from);
    facts.unread = std::move(look.unread);
    facts.behind = std::move(look.behind);
    facts.ours_not_logged = not_logged;
    facts.schannel_logging = read_dword(look.host(), schannel_key, "EventLogging");
    facts.rdp_switch = read_rdp_switch(look.host());
    return facts;
}

} // namespace

std::optional<bool> logs_schannel_errors(const Facts& facts) {
    constexpr std::uint32_t errors = 1;
    if (is_unreadable(facts.schannel_logging))
        return std::nullopt;
    return !facts.schannel_logging || (*facts.schannel_logging & errors) != 0;
}

Result<Facts> collect(const Host& host, const JudgeContext& context, const OwnHandshakes* own_handshakes) {
    const auto window = std::chrono::duration_cast<std::chrono::seconds>(context.limits.evidence_window);
    // No end: what is logged while the logs are read is kept, as the bookmarks go past it.
    const Span span{context.now - window, Time::max()};
    Ledger ledger = ledger_of(context, window);
    Look look(host, context, span, ledger);
    const std::vector<OwnHandshake> own = count_look(look, own_handshakes, span, ledger, context.now);
    const std::uint32_t missing =
        not_logged(look, own, ledger, context.now - std::chrono::minutes{1}, window / 12 + std::chrono::seconds{1});
    ledger.prune(span.from);
    forget_running(host, context.now, ledger);
    if (context.notes)
        context.notes->remember(note, ledger.to_json());
    return facts_of(look, ledger, span.from, missing);
}

Result<Facts> collect_span(const Host& host, const JudgeContext& context, const Span& span,
                           const OwnHandshakes* own_handshakes) {
    Ledger ledger(std::chrono::duration_cast<std::chrono::seconds>(span.until - span.from));
    Look look(host, context, span, ledger);
    const std::vector<OwnHandshake> own = count_look(look, own_handshakes, span, ledger, span.until);
    const Time logged = std::min(span.until, context.now - std::chrono::minutes{1}) - std::chrono::seconds{2};
    const std::uint32_t missing = not_logged(look, own, ledger, logged, std::chrono::seconds{1});
    look.look_back();
    Facts facts = facts_of(look, ledger, span.from, missing);
    facts.until = span.until;
    return facts;
}

} // namespace rdpmedic::events
