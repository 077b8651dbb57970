// What does a registry export of regedit hold, as a host that probes can ask?
#pragma once

#include "tests/support/fake_host.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rdpmedic::testing {

struct RegImport {
    std::size_t keys = 0;    // keys below HKEY_LOCAL_MACHINE
    std::size_t values = 0;  // values set in them
    std::size_t ignored = 0; // keys of other roots with their values, and deletions: [-key], "name"=-
};

// Puts every value of an export ("Windows Registry Editor Version 5.00", UTF-16LE or UTF-8) into `host`, over what is
// there. An empty key exists afterwards. malformed names the line. Format:
// https://learn.microsoft.com/troubleshoot/windows-client/application-management/add-modify-delete-registry-subkeys-values
Result<RegImport> import_reg_text(std::string_view bytes, FakeHost& host);
// The same from a file. not_found: no such file.
Result<RegImport> import_reg_file(const std::string& path, FakeHost& host);

// Where registry exports of real hosts lie: RDPMEDIC_SAMPLES, or "shared/samples" beside the project; empty where
// neither exists. Ends without a slash.
std::optional<std::string> samples_folder();

// Services that `host`'s registry configures ("SYSTEM\CurrentControlSet\Services\X" with ImagePath) become service
// facts with this state: a registry does not say whether a service runs.
void services_from_registry(FakeHost& host, ServiceState state);

} // namespace rdpmedic::testing
