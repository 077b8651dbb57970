// Do the repairs that choose a certificate, and that of the folder of keys, leave the host cured or as it was?
#include "tests/support/nothing_lost.hpp"
#include "tests/support/serving_host.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;
using namespace rdpmedic::testing;

namespace {

const std::string other_key_file = machine_keys + "\\6de9cb26d2b98c01ec4e9e8b34824aa2_" + machine_guid;

BrokenHost dangling_pin() {
    return {"a choice that names nothing",
            cert_repair(),
            {{"unpin", "true"}},
            [] {
                auto host = std::make_unique<ServingHost>();
                host->pin_to(std::string(40, 'a'));
                host->hang_up();
                return host;
            },
            [](FakeControl& control) { control.after_change = serve_what_is_in_use; }};
}

BrokenHost wanted_pin() {
    CertificateOrder order;
    order.common_name = "rdp.example.com";
    const std::string thumbprint = make_certificate(order).thumbprint;
    return {"a certificate that is chosen",
            cert_repair(),
            {{"pin", thumbprint}},
            [order] {
                auto host = std::make_unique<ServingHost>();
                host->pin(order);
                host->registry[FakeHost::lower(keys::rdp_tcp.key)].erase("SSLCertificateSHA1Hash");
                return host;
            },
            [](FakeControl& control) { control.after_change = serve_what_is_in_use; }};
}

BrokenHost lost_link() {
    return {"a certificate without its key",
            cert_repair(),
            {{"repair_link", "true"}},
            [] {
                auto host = std::make_unique<ServingHost>();
                host->pin({}).key = Error{Errc::not_found, 0, "no private key"};
                host->hang_up();
                return host;
            },
            [](FakeControl& control) {
                control.links_to =
                    KeyLocation{"tq-0123", "Microsoft Software Key Storage Provider", 0, true, pinned_key_name};
                control.after_change = serve_what_is_in_use;
            }};
}

BrokenHost hardened_folder() {
    return {"a folder with a list of its own", machinekeys_repair(), {}, [] {
                auto host = std::make_unique<ServingHost>();
                host->file_descriptors[FakeHost::lower(machine_keys)] =
                    descriptor("O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)");
                return host;
            }};
}

BrokenHost new_folder() {
    return {"a folder like a new one",
            machinekeys_repair(),
            {{"new_folder", "true"}},
            [] {
                auto host = std::make_unique<ServingHost>();
                host->file_descriptors[FakeHost::lower(machine_keys)] = descriptor("O:SYG:SYD:PAI(A;OICI;FA;;;BA)");
                host->set_file(other_key_file, "O:SYG:SYD:PAI(A;;FA;;;SY)");
                host->folders[FakeHost::lower(machine_keys)] = {"f686aace6942fb7f7ceb231212eef4a4_" + machine_guid,
                                                                "6de9cb26d2b98c01ec4e9e8b34824aa2_" + machine_guid};
                return host;
            },
            [](FakeControl& control) {
                control.contents[own_key_file] = {1, 2, 3};
                control.contents[other_key_file] = {4, 5, 6};
                CertificateOrder next;
                next.common_name = "host01-next";
                control.makes = CertificateHost::own_certificate(next);
                control.makes_key_file = own_key_file;
                control.after_change = [](FakeHost& changed) {
                    const std::string key = FakeHost::lower(own_key_file);
                    if (changed.files.count(key) != 0) // SessionEnv gives its new file the list of its build
                        changed.file_descriptors.try_emplace(key, descriptor(key_sddl(20348)));
                    serve_what_is_in_use(changed);
                };
            }};
}

void check_repaired(
    const BrokenHost& broken,
    const std::function<void(FakeHost&, FakeControl&)>& after = [](FakeHost&, FakeControl&) {}) {
    const Job job = carry_out_for_real(broken, after);
    INFO(broken.name << ": " << job.reason);
    CHECK(job.outcome == Outcome::repaired);
}

} // namespace

TEST_CASE("nothing is lost while the choice of a certificate is taken back") {
    CHECK(check_nothing_lost(dangling_pin()) >= 5);
}

TEST_CASE("nothing is lost while another certificate is chosen") { CHECK(check_nothing_lost(wanted_pin()) >= 5); }

TEST_CASE("nothing is lost while the key of a certificate is linked") { CHECK(check_nothing_lost(lost_link()) >= 5); }

TEST_CASE("nothing is lost while the folder of the keys gets its entries") {
    CHECK(check_nothing_lost(hardened_folder()) == 2);
}

TEST_CASE("nothing is lost while the folder of the keys becomes like a new one") {
    CHECK(check_nothing_lost(new_folder()) > 10);
}

TEST_CASE("a certificate that is chosen, forgotten or linked and then served is cured") {
    check_repaired(dangling_pin());
    check_repaired(wanted_pin());
    check_repaired(lost_link());
}

TEST_CASE("the folder of the keys is cured, and the keys of others are where they were") {
    check_repaired(hardened_folder());
    check_repaired(new_folder(), [](FakeHost& host, FakeControl& control) {
        CHECK(control.contents.at(other_key_file) == Bytes{4, 5, 6});
        CHECK(control.contents.at(own_key_file) == control.makes_key);
        CHECK(control.contents.at(own_key_file + ".bak-20260115") == Bytes{1, 2, 3});
        CHECK(host.stores["Remote Desktop"].size() == 1);
        CHECK(cert::judge(cert::collect(host).value(), {host.time}).empty());
    });
}

TEST_CASE("no key is linked where none is found, and the certificate stays as it was") {
    BrokenHost none = lost_link();
    none.hands = [](FakeControl&) {};
    CHECK(carry_out_for_real(none).outcome == Outcome::rolled_back);
}
