// What does the probe cert find on a host, in one line?
#pragma once

#include "tests/support/certificate_host.hpp"

#include <catch2/catch.hpp>

namespace rdpmedic::testing::certificates {

inline const Time now{std::chrono::sys_days{std::chrono::year{2026} / 1 / 15}};
inline const Error denied{Errc::access_denied, 5, "CreateFileW"};

inline std::vector<Finding> findings(const FakeHost& host) {
    const Result<cert::CertFacts> facts = cert::collect(host);
    REQUIRE(facts.has_value());
    JudgeContext context;
    context.now = now;
    return cert::judge(*facts, context);
}

// "cert.expired critical cert, cert.renewal_broken critical cert": code, severity and repair of each.
inline std::string codes(const FakeHost& host) {
    std::string text;
    for (const Finding& finding : findings(host))
        text += (text.empty() ? "" : ", ") + finding.code + " " + name_of(finding.severity) +
                (finding.repair.empty() ? "" : " " + finding.repair);
    return text;
}

inline Finding only(const FakeHost& host) {
    const std::vector<Finding> all = findings(host);
    INFO(codes(host));
    REQUIRE(all.size() == 1);
    return all.front();
}

inline bool mentions(const Finding& finding, std::string_view text) {
    for (const std::string& line : finding.evidence)
        if (line.find(text) != std::string::npos)
            return true;
    return false;
}

inline cert::CertFacts facts_of(const FakeHost& host) { return cert::collect(host).value(); }

inline CertificateOrder until(Time not_after) {
    CertificateOrder order;
    order.not_after = not_after;
    return order;
}

} // namespace rdpmedic::testing::certificates
