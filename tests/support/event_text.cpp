// How does a Windows event look as text, and which events are in a file of samples?
#include "tests/support/event_text.hpp"

#include <algorithm>

namespace rdpmedic::testing {

std::string body_of(const EventText& event) {
    std::string fields;
    for (const auto& [name, value] : event.fields)
        if (event.user_data)
            fields += "<" + name + ">" + value + "</" + name + ">";
        else
            fields += (name.empty() ? "<Data>" : "<Data Name='" + name + "'>") + value + "</Data>";
    if (event.user_data)
        return "<UserData><EventXML xmlns='Event_NS'>" + fields + "</EventXML></UserData>";
    if (!event.binary.empty())
        fields += "<Binary>" + event.binary + "</Binary>";
    return fields.empty() ? "<EventData/>" : "<EventData>" + fields + "</EventData>";
}

std::string xml_of(const EventText& event) {
    std::string time = to_iso(event.time);
    time.insert(time.size() - 1, ".1234567");
    return "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='" +
           event.provider + "'/><EventID>" + std::to_string(event.id) + "</EventID><Level>4</Level><TimeCreated " +
           "SystemTime='" + time + "'/><EventRecordID>" + std::to_string(event.record) + "</EventRecordID>" +
           (event.activity.empty() ? "<Correlation/>" : "<Correlation ActivityID='" + event.activity + "'/>") +
           "<Execution ProcessID='700' ThreadID='1'/><Channel>System</Channel><Computer>HOST01</Computer></System>" +
           body_of(event) + "</Event>";
}

std::string utf16_hex(const std::string& ascii) {
    constexpr const char* digits = "0123456789ABCDEF";
    std::string hex;
    for (const char c : ascii + '\0')
        hex += std::string{digits[(c >> 4) & 15], digits[c & 15]} + "00";
    return hex;
}

std::vector<std::string> events_in(const std::string& text) {
    std::vector<std::string> events;
    const std::string end = "</Event>";
    std::size_t at = 0;
    while ((at = std::min(text.find("<Event>", at), text.find("<Event xmlns", at))) != std::string::npos) {
        const auto stop = text.find(end, at);
        events.push_back(text.substr(at, stop == std::string::npos ? stop : stop + end.size() - at));
        at += events.back().size();
    }
    return events;
}

} // namespace rdpmedic::testing
