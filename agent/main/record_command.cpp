// How does a host travel to where somebody can look at it?
#include "agent/atomic_file.hpp"
#include "agent/configured_probes.hpp"
#include "agent/main/commands.hpp"
#include "agent/main/machine.hpp"
#include "agent/main/print.hpp"
#include "agent/watch/watch.hpp"
#include "probes/recorded/recorded_host.hpp"

namespace rdpmedic {

int record_command(const CommonOptions& common, const std::filesystem::path& output) {
    const Result<Machine> opened = open_machine(common.recording);
    if (!opened)
        return complain(opened.error(), 1);
    // Its handshake is noted for the service. The configuration is not asked, so none that may still count is dropped.
    const Machine machine = noting(*opened, common.data_folder, longest_evidence_window);
    const std::unique_ptr<RecordingHost> recorder = make_recording_host(*machine.host);
    const Result<Time> now = recorder->now();
    if (!now)
        return complain(now.error(), 1);
    // The findings are not needed, the questions that the probes ask are: with default settings, so that a recording
    // holds the same reads wherever it is made.
    check_once(*recorder, configured_probes({}), {}, *now);
    say(trouble_of(machine));
    const std::string text = recorder->recording();
    if (output.empty()) {
        std::cout << text << std::flush;
        return std::cout ? 0 : complain("standard output could not be written", 1);
    }
    if (Result<> written = write_file_atomically(output, text); !written)
        return complain(written.error(), 1);
    std::cerr << "rdpmedic: recorded to " << output.string()
              << "; it names users, addresses and certificates of this host\n";
    return 0;
}

} // namespace rdpmedic
