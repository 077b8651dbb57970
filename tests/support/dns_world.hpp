// What does the name service of a member server say, whose name leads to it?
#pragma once

#include "probes/registry.hpp"
#include "tests/support/serving_host.hpp"

namespace rdpmedic::testing {

inline const std::string dns_name = "host01.example.local";
inline const Error no_such_name{Errc::not_found, 9003, "DnsQuery_W"};
inline const RegistryPath dns_policy{R"(SOFTWARE\Policies\Microsoft\Windows NT\DNSClient)"};

struct DnsWorld : ServingHost {
    AdapterFacts adapter;

    DnsWorld();
    ~DnsWorld() override;
    // What the servers answer.
    template <class A, class Aaaa>
    void know(A a, Aaaa aaaa) {
        give("dns A " + dns_name + " from the servers", std::move(a));
        give("dns AAAA " + dns_name + " from the servers", std::move(aaaa));
    }
};

} // namespace rdpmedic::testing
