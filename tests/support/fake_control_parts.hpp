// What do the sources of the fake hands share?
#pragma once

#include "tests/support/fake_host.hpp"

#include <string>
#include <vector>

namespace rdpmedic::testing::fake_control {

inline const Error refused{Errc::access_denied, 5, "FakeControl"};
inline const RegistryPath firewall_rules{
    R"(SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules)"};
inline const RegistryPath winsock_parameters{R"(SYSTEM\CurrentControlSet\Services\WinSock2\Parameters)"};

// Also one that has nothing but keys below it.
bool key_exists(const FakeHost& host, const std::string& key);

std::vector<StoreCertificate>::iterator find(std::vector<StoreCertificate>& store, const std::string& thumbprint);

} // namespace rdpmedic::testing::fake_control
