// What do the registry exports of a real host amount to, as a host that probes can ask?
#pragma once

#include "tests/support/reg_file.hpp"

namespace rdpmedic::testing {

struct SampleHost {
    FakeHost host;
    std::size_t files = 0; // exports that were read
};

// The hosts that have exports: "win7sp1-a", "win7sp1-b", "win81", "win10-1709".
const std::vector<std::string>& sample_hosts();

// All exports of one, joined; its services run and the files that its registry names exist, which no registry says.
// Throws std::runtime_error with the file and line that could not be read.
SampleHost sample_host(const std::string& name);

// The same in networks of a domain and at home. A registry does not say which network a host is in; public is left out:
// on the one host that has RDP on, its rules are for the others alone.
SampleHost connected_sample_host(const std::string& name);

// The same with the policies of another export ("gpo/...reg") over it.
void lay_policies_over(SampleHost& sample, const std::string& file);

} // namespace rdpmedic::testing
