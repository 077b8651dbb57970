// How much may a caller take, and for how long?
#pragma once

#include <chrono>
#include <cstddef>

namespace rdpmedic::api {

struct Limits {
    std::size_t header_bytes = 8 * 1024;
    std::size_t connections = 256; // beyond it, the one goes whose peer has asked or taken nothing for longest
    std::size_t pipelined_bytes = 64 * 1024; // answers collected before they are written
    std::chrono::milliseconds tls_handshake{10'000};
    std::chrono::milliseconds idle{75'000};        // between two requests of a connection
    std::chrono::milliseconds request{15'000};     // from the first byte of a request to the last of its body
    std::chrono::milliseconds response{15'000};    // to take the answer
    std::chrono::milliseconds linger{2'000};       // to read a refusal and hang up
    std::chrono::milliseconds desk{60'000};        // for a repair desk that reads the host
    std::chrono::milliseconds events_keep{5'000};  // as long, the event logs are not read again for a diagnosis
    int events_rest = 10;                          // times as long as reading took, the logs are left alone
    std::chrono::milliseconds events_wait{10'000}; // for them to be read
    std::size_t events_waiting = 2;                // of the desk threads; more callers get a diagnosis without them
    std::chrono::milliseconds tick{250};           // how often deadlines are looked at
    std::chrono::milliseconds stop{1'500};         // for running requests to end once the server stops
    // For callers who look, and for those who change something: these come through whoever looks meanwhile.
    std::size_t desk_threads = 4, desk_queue = 32;
    std::size_t act_threads = 2, act_queue = 8;
    std::size_t plan_threads = 2, plan_queue = 8; // for the plans of each repair, beside those above
    // In a list, which is so made within plan_ready and a plan_next for each repair, below `desk`:
    std::chrono::milliseconds plan_ready{10'000};     // for a plan to be made; then the list goes without it
    std::chrono::milliseconds plan_next{500};         // then the next is begun beside it
    std::chrono::milliseconds plans_keep{5'000};      // as long, the list of repairs is not made again
    std::size_t plans_waiting = 32;                   // callers who wait for it; more get 503
    std::chrono::milliseconds tls_look{5'000};        // between two looks whether the certificate is another
    std::size_t streams = 16;                         // of GET /events at a time; more get 503
    std::chrono::milliseconds stream_poll{50};        // how often the feed is asked for news
    std::chrono::milliseconds stream_silence{15'000}; // then a comment says that the stream lives
};

} // namespace rdpmedic::api
