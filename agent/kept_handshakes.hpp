// Which connections to the listener were our own, whichever process made them?
#pragma once

#include "probes/own_handshakes.hpp"

#include <filesystem>

namespace rdpmedic {

// The list in a file that the service and every command read and write, so that neither takes the handshakes of the
// other, or of the time before a start, for clients. A file that is missing or damaged is an empty list, and `trouble`
// says so; one that cannot be read is left as it is. Both methods block for the file.
class KeptHandshakes final : public OwnHandshakes {
  public:
    // What is further away than `look_back` from what is added is dropped.
    KeptHandshakes(std::filesystem::path file, std::chrono::seconds look_back);

    // Reads the file, joins it with what this process has made, and writes it in one step. Of two processes that do so
    // at the same moment the later one wins, and its file lacks what the other has just added. The service writes its
    // own again with the next; what a command loses so counts as one client. A lock would cost more than that.
    void add(OwnHandshake handshake) override;
    std::vector<OwnHandshake> list() const override;
    std::optional<Error> trouble() override;

  private:
    Result<std::vector<OwnHandshake>> read() const;
    void note(const Error& error) const;

    const std::filesystem::path file_;
    const std::chrono::seconds look_back_;
    mutable std::mutex mutex_; // guards the file against this process, and what follows
    mutable std::optional<Error> trouble_;
    mutable std::string told_; // of the last trouble, until the file could be written
};

// The file's text and back. malformed where it is damaged, of another version, or not of this shape. Pure.
std::string to_json(const std::vector<OwnHandshake>& handshakes);
Result<std::vector<OwnHandshake>> handshakes_from_json(std::string_view text);

} // namespace rdpmedic
