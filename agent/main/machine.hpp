// Which host is this about, and may it be changed?
#pragma once

#include "agent/repair/change.hpp"
#include "probes/host.hpp"
#include "probes/own_handshakes.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace rdpmedic {

struct Machine {
    std::shared_ptr<const Host> host;
    std::shared_ptr<HostControl> control; // null for a recording
    // The clock by which this host's reports age: in a recording, time stands still.
    std::function<Time()> now;
    std::shared_ptr<OwnHandshakes> own{}; // with this host, by whichever process; null before `noting`
};

// The recording in `recording` if that is not empty, else this machine. Elsewhere than on Windows there is only the
// recording; the error says so.
Result<Machine> open_machine(const std::filesystem::path& recording);

// The same machine with a host that notes each handshake which is made through it. They are kept in the data folder for
// `look_back`, and for as long as a diagnosis may ask, for every process of this program; those with a recording, or
// where there is no data folder yet, only as long as the machine is.
Machine noting(Machine machine, const std::filesystem::path& data_folder, std::chrono::seconds look_back);

// Why other processes may take our handshakes for clients, or we theirs; empty where nothing is wrong or this was said.
// A list that nobody has begun yet is nothing wrong.
std::string trouble_of(const Machine& machine);

} // namespace rdpmedic
