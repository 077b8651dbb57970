// How does what has happened look to a program? Pure.
#pragma once

#include "agent/feed.hpp"
#include "agent/repair/audit.hpp"
#include "api/message.hpp"

namespace rdpmedic::api {

// The findings among `items` (oldest first) that came, changed or went, newest first, at most so many.
Response render_history(const std::vector<std::shared_ptr<const FeedItem>>& items, std::size_t most);

// {"chain": "whole" or "broken: line N ...", "lines": all of them, "entries": the newest first}.
Response render_audit(const AuditTrail& trail);

// One item as a server-sent event: id, event, data.
// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
std::string to_event(const FeedItem& item);
// What stands before the first event, and what tells that some are missing.
std::string stream_greeting();
std::string stream_gap();

// With a strong ETag that is the hash of the body.
Response with_tag(Response response);

} // namespace rdpmedic::api
