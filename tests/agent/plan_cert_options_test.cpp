// Does the listener's certificate change only as asked, and only to one that it can use?
#include "agent/repair/plan_cert_options.hpp"

#include "tests/support/planned.hpp"
#include "tests/support/serving_host.hpp"

using namespace rdpmedic;
using namespace rdpmedic::testing;
using namespace std::chrono_literals;

namespace {

Plan plan(const Host& host, const Options& options) { return planned(cert_repair(), host, options); }

// In My, chosen by nobody; what pin() puts there.
std::string candidate(ServingHost& host, const CertificateOrder& order = {}) {
    const std::string thumbprint = sha1_thumbprint(host.pin(order).der);
    host.registry[FakeHost::lower(keys::rdp_tcp.key)].erase("SSLCertificateSHA1Hash");
    return thumbprint;
}

const SetRegistryValue& first_value(const Plan& plan) {
    return std::get<SetRegistryValue>(plan.rungs.at(0).changes.at(0));
}

} // namespace

TEST_CASE("on a healthy host there is no choice to take back and no link to repair") {
    ServingHost host;
    for (const Options& options : {Options{{"unpin", "true"}}, Options{{"repair_link", "true"}}}) {
        const Plan none = plan(host, options);
        CHECK_FALSE(none.asked_for.empty());
        CHECK(none.rungs.empty());
        CHECK(none.obstacles.empty());
    }
    CHECK_FALSE(plan(host, {{"unpin", "false"}, {"repair_link", "false"}}).is_called_for());
}

TEST_CASE("a choice that names no certificate is taken back, and then TermService is restarted") {
    ServingHost host;
    SECTION("gone") { host.pin_to(std::string(40, 'a')); }
    SECTION("no thumbprint") { host.set_text(keys::rdp_tcp, "SSLCertificateSHA1Hash", "aaaa"); }
    CHECK_FALSE(plan(host, {}).is_called_for()); // not by itself
    const Plan unpin = plan(host, {{"unpin", "true"}});
    REQUIRE(ids(unpin) == "unpin restart");
    CHECK(unpin.cures.size() == 1);
    CHECK(unpin.cures[0].repair.empty());
    CHECK_FALSE(first_value(unpin).value.has_value());
    CHECK(first_value(unpin).name == "SSLCertificateSHA1Hash");
    CHECK_FALSE(unpin.rungs[0].disconnects_sessions);
    CHECK(unpin.rungs[1].disconnects_sessions);
}

TEST_CASE("a chosen certificate without its key is given up, one with it is not") {
    ServingHost host;
    StoreCertificate& chosen = host.pin({});
    CHECK(plan(host, {{"unpin", "true"}}).rungs.empty());
    CHECK(hindered_by(plan(host, {{"unpin", "true"}}), "and its key are there"));
    SECTION("no link") { chosen.key = Error{Errc::not_found, 0, "no private key"}; }
    SECTION("no file") {
        chosen.key = KeyLocation{"web", "Microsoft RSA SChannel Cryptographic Provider", 12, true, {}};
        chosen.key_usable = Error{Errc::not_found, 0x80090016, "CryptAcquireCertificatePrivateKey"};
    }
    const Plan unpin = plan(host, {{"unpin", "true"}});
    CHECK(ids(unpin) == "unpin restart");
    CHECK(unpin.cures.size() == 1);
}

TEST_CASE("a choice stays where a policy makes it, or where it is not known what stands there") {
    ServingHost host;
    host.pin_to(std::string(40, 'a'));
    SECTION("a policy") {
        host.set_text(keys::terminal_services_policy, "CertTemplateName", "RDP");
        CHECK_FALSE(plan(host, {{"unpin", "true"}}).blocked_by_policy.empty());
        const std::string thumbprint = candidate(host);
        CHECK_FALSE(plan(host, {{"pin", thumbprint}}).blocked_by_policy.empty());
        CHECK(plan(host, {{"pin", thumbprint}}).rungs.empty());
        host.pin_to(std::string(40, 'a'));
    }
    SECTION("a policy that could not be read") {
        host.fail("registry_value HKLM\\" + keys::terminal_services_policy.key + ": CertTemplateName",
                  {Errc::access_denied, 5, "RegQueryValueExW"});
    }
    SECTION("the store could not be read") { host.fail("certificates My", {Errc::access_denied, 5, "CertOpenStore"}); }
    SECTION("the value could not be read") {
        host.fail("registry_value HKLM\\" + keys::rdp_tcp.key + ": SSLCertificateSHA1Hash",
                  {Errc::access_denied, 5, "RegQueryValueExW"});
    }
    CHECK(plan(host, {{"unpin", "true"}}).rungs.empty());
    CHECK_FALSE(plan(host, {{"unpin", "true"}}).obstacles.empty());
}

TEST_CASE("a suitable certificate is chosen, by a thumbprint as people paste it") {
    ServingHost host;
    const std::string thumbprint = candidate(host);
    std::string pasted = "\xE2\x80\x8E";
    for (std::size_t i = 0; i < thumbprint.size(); i += 2)
        pasted += thumbprint.substr(i, 2) + " ";
    const Plan pin = plan(host, {{"pin", pasted}});
    INFO((pin.obstacles.empty() ? "" : pin.obstacles[0]));
    REQUIRE(ids(pin) == "pin restart");
    CHECK(pin.asked_for == "certificate " + thumbprint + " chosen for the listener");
    CHECK(first_value(pin).key == keys::rdp_tcp);
    CHECK(first_value(pin).value == RegistryValue{3, from_hex(thumbprint).value()});
    host.pin_to(thumbprint);
    CHECK(plan(host, {{"pin", thumbprint}}).rungs.empty()); // as asked
    CHECK(plan(host, {{"pin", thumbprint}}).obstacles.empty());
}

TEST_CASE("a certificate that the listener could not use is not chosen, and the plan says what is missing") {
    ServingHost host;
    CertificateOrder order;
    std::string missing;
    std::function<void(StoreCertificate&)> spoil = [](StoreCertificate&) {};
    SECTION("expired") {
        order.not_after = host.time - 24h;
        missing = "it expired";
    }
    SECTION("not yet valid") {
        order.not_before = host.time + 24h;
        missing = "it is valid only from";
    }
    SECTION("for clients") {
        order.usages = {"1.3.6.1.5.5.7.3.2"};
        missing = "extended key usage";
    }
    SECTION("no key") {
        spoil = [](StoreCertificate& one) { one.key = Error{Errc::not_found, 0, "no private key"}; };
        missing = "no link to a private key";
    }
    SECTION("a user's key") {
        spoil = [](StoreCertificate& one) { one.key->machine_keyset = false; };
        missing = "user's key set";
    }
    SECTION("a key that does not open") {
        spoil = [](StoreCertificate& one) { one.key_usable = Error{Errc::malformed, 0x80090015, "Acquire"}; };
        missing = "cannot be used";
    }
    SECTION("a key for administrators alone") {
        spoil = [&](StoreCertificate&) { host.set_file(pinned_key_file, "O:SYG:SYD:PAI(A;;FA;;;SY)(A;;FA;;;BA)"); };
        missing = "may not read its key file";
    }
    SECTION("a list that could not be read") {
        spoil = [&](StoreCertificate&) {
            host.fail("file_security " + pinned_key_file, {Errc::access_denied, 5, "x"});
        };
        missing = "is not known";
    }
    const std::string thumbprint = candidate(host, order);
    spoil(host.stores["My"].front());
    const Plan pin = plan(host, {{"pin", thumbprint}});
    CHECK(pin.rungs.empty());
    CHECK(hindered_by(pin, missing));
}

TEST_CASE("what is no thumbprint, or of another store, is not chosen") {
    ServingHost host;
    CHECK(hindered_by(plan(host, {{"pin", "not a thumbprint"}}), "40 hexadecimal digits"));
    CHECK(hindered_by(plan(host, {{"pin", sha1_thumbprint(host.own().der)}}), "holds no certificate"));
    host.fail("certificates My", {Errc::access_denied, 5, "CertOpenStore"});
    CHECK(hindered_by(plan(host, {{"pin", std::string(40, 'b')}}), "could not be read"));
}

TEST_CASE("the lost key of the chosen certificate is looked for and linked") {
    ServingHost host;
    StoreCertificate& chosen = host.pin({});
    chosen.key = Error{Errc::not_found, 0, "no private key"};
    CHECK(plan(host, {}).rungs.empty());
    const Plan link = plan(host, {{"repair_link", "true"}});
    REQUIRE(ids(link) == "link restart");
    CHECK(link.cures.at(0).code == "cert.no_private_key");
    const auto& change = std::get<LinkCertificateKey>(link.rungs[0].changes.at(0));
    CHECK(change.store == "My");
    CHECK(change.thumbprint == sha1_thumbprint(chosen.der));
    chosen.key = Error{Errc::access_denied, 5, "CertGetCertificateContextProperty"};
    CHECK(plan(host, {{"repair_link", "true"}}).rungs.empty());
    CHECK(hindered_by(plan(host, {{"repair_link", "true"}}), "could not be read"));
    host.stores.clear();
    CHECK(hindered_by(plan(host, {{"repair_link", "true"}}), "or there is none"));
}

TEST_CASE("one change of the certificate at a time") {
    ServingHost host;
    const Plan both = plan(host, {{"unpin", "true"}, {"repair_link", "true"}});
    CHECK(both.rungs.empty());
    CHECK(hindered_by(both, "one of unpin, pin and repair_link"));
}

TEST_CASE("a TermService that cannot be restarted is named, and the choice is changed all the same") {
    ServingHost host;
    host.pin_to(std::string(40, 'a'));
    host.services["termservice"].accepted = 0;
    const Plan unpin = plan(host, {{"unpin", "true"}});
    CHECK(ids(unpin) == "unpin");
    CHECK(hindered_by(unpin, "does not accept a stop"));
}

TEST_CASE("options of the repair cert are checked") {
    for (const Options& wrong : {Options{{"unpin", "1"}}, Options{{"pin", ""}}, Options{{"repair-link", "true"}}})
        CHECK_FALSE(problem_of(wrong, cert_options()).empty());
}
