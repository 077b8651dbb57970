// What does one do next where no cause was found on this host?
#include "probes/diagnosis/next_steps.hpp"

namespace rdpmedic::diagnosis {
namespace {

using events::Kind;

bool is_open(const Diagnosis& diagnosis, const EventView& events) {
    if (!diagnosis.question.code && !diagnosis.question.extended)
        return false;
    switch (diagnosis.conclusion) {
    case Conclusion::found:
        return false;
    case Conclusion::outside: // a client that came has shown what is wrong with it
        return events.is_seen(Kind::arrival) == false;
    case Conclusion::possible:
    case Conclusion::nothing_found:
    case Conclusion::cannot_tell:
        break;
    }
    return true;
}

// Without the extended number where there is no code beside it: the command line takes them in that order.
std::string ask_again(const Question& question) {
    std::string asked = question.code ? " " + to_hex(*question.code) : std::string();
    if (question.code && question.extended)
        asked += " " + to_hex(*question.extended);
    return "let the client try, and ask again for that minute: rdpmedic diagnose" + asked +
           " --at 20m (so long ago), or --at with its time. Whether a client came then says which side to look at";
}

constexpr std::string_view from_outside =
    "run rdpmedic handshake HOST where the client is, with the name that the client uses: it says how far one comes "
    "from there, and which certificate is shown";
constexpr std::string_view another_client =
    "try another client at the same place: if that gets in, look at the first one's program, saved credentials and "
    "settings";
// MEM: the name of the policy, as in the row udp_transport of the causes.
constexpr std::string_view without_udp =
    "switch UDP off at the client (policy Turn Off UDP On Client, fClientDisableUDP 1) and try again";

} // namespace

std::vector<std::string> next_steps(const Diagnosis& diagnosis, const EventView& events) {
    std::vector<std::string> next;
    if (!is_open(diagnosis, events))
        return next;
    if (!diagnosis.question.at)
        next.push_back(ask_again(diagnosis.question));
    const bool get_in = events.is_seen(Kind::arrival) == true && events.is_seen(Kind::logon) == true;
    if (!get_in)
        next.emplace_back(from_outside);
    next.emplace_back(another_client);
    if (get_in)
        next.emplace_back(without_udp);
    return next;
}

} // namespace rdpmedic::diagnosis
