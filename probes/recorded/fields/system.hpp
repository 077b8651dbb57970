// Which members has each fact of memory, processes, volumes and signatures? Those of facts/system.hpp.
#pragma once

#include "probes/facts/system.hpp"
#include "probes/recorded/fields/basic.hpp"

namespace rdpmedic::recorded {

template <class V, Is<MemoryFacts> T>
void fields(V& visit, T& facts) {
    auto& [commit_used, commit_limit, physical_total, physical_available, kernel_nonpaged, kernel_paged, handles,
           processes, threads] = facts;
    visit("commit_used", commit_used), visit("commit_limit", commit_limit), visit("physical_total", physical_total),
        visit("physical_available", physical_available), visit("kernel_nonpaged", kernel_nonpaged),
        visit("kernel_paged", kernel_paged), visit("handles", handles), visit("processes", processes),
        visit("threads", threads);
}

template <class V, Is<ProcessFacts> T>
void fields(V& visit, T& facts) {
    auto& [id, image, handles, private_bytes, started] = facts;
    visit("id", id), visit("image", image), visit("handles", handles), visit("private_bytes", private_bytes),
        visit("started", started);
}

template <class V, Is<VolumeFacts> T>
void fields(V& visit, T& facts) {
    auto& [path, size, available] = facts;
    visit("path", path), visit("size", size), visit("available", available);
}

template <class V, Is<SignatureFacts> T>
void fields(V& visit, T& facts) {
    auto& [status, signer, by_catalog] = facts;
    visit("status", status), visit("signer", signer), visit("by_catalog", by_catalog);
}

} // namespace rdpmedic::recorded
