// Which certificate and which algorithms does a TLS cipher suite need?
#include "probes/formats/cipher_suite.hpp"

namespace rdpmedic {
namespace {

bool take_front(std::string_view& text, std::string_view start) {
    if (text.substr(0, start.size()) != start)
        return false;
    text.remove_prefix(start.size());
    return true;
}

bool take_back(std::string_view& text, std::string_view end) {
    if (text.size() < end.size() || text.substr(text.size() - end.size()) != end)
        return false;
    text.remove_suffix(end.size());
    return true;
}

bool holds(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

// How keys and certificates are used: what stands before "_WITH_".
void read_exchange(std::string_view exchange, CipherSuite& suite) {
    struct Row {
        std::string_view name;
        SuiteCertificate certificate;
        const char* key_exchange;
    };
    constexpr Row rows[] = {{"ECDHE_RSA", SuiteCertificate::rsa, "ECDH"},
                            {"ECDHE_ECDSA", SuiteCertificate::ecdsa, "ECDH"},
                            {"DHE_RSA", SuiteCertificate::rsa, "Diffie-Hellman"},
                            {"RSA", SuiteCertificate::rsa, "PKCS"}};
    for (const Row& row : rows)
        if (row.name == exchange) {
            suite.certificate = row.certificate;
            suite.key_exchange = row.key_exchange;
        }
}

void read_hash(std::string_view& rest, CipherSuite& suite) {
    for (const char* hash : {"SHA256", "SHA384", "SHA512", "SHA", "MD5"})
        if (take_back(rest, std::string("_") + hash)) {
            suite.hash = hash;
            return;
        }
}

void read_cipher(std::string_view cipher, CipherSuite& suite) {
    if (take_front(cipher, "AES_128"))
        suite.cipher = "AES 128/128";
    else if (take_front(cipher, "AES_256"))
        suite.cipher = "AES 256/256";
    else if (take_front(cipher, "3DES_EDE"))
        suite.cipher = "Triple DES 168";
    else if (!take_front(cipher, "CHACHA20_POLY1305")) // no key switches it
        return;
    suite.current = !suite.hash.empty() && !holds(cipher, "EXPORT") && suite.hash != "MD5";
}

} // namespace

CipherSuite parse_cipher_suite(std::string_view name) {
    CipherSuite suite;
    suite.name = name;
    std::string_view rest = name;
    if (!take_front(rest, "TLS_"))
        return suite;
    for (const char* curve : {"_P256", "_P384", "_P521"})
        if (take_back(rest, curve))
            break;
    read_hash(rest, suite);
    const std::size_t with = rest.find("_WITH_");
    if (with == rest.npos) { // TLS 1.3: "TLS_AES_256_GCM_SHA384"
        suite.tls13 = holds(rest, "AES_") || holds(rest, "CHACHA20");
        suite.certificate = suite.tls13 ? SuiteCertificate::any : SuiteCertificate::other;
        read_cipher(rest, suite);
        return suite;
    }
    read_exchange(rest.substr(0, with), suite);
    read_cipher(rest.substr(with + 6), suite);
    return suite;
}

std::vector<std::string> split_cipher_suites(std::string_view list) {
    constexpr std::string_view blanks = " \t\r\n";
    std::vector<std::string> suites;
    while (!list.empty()) {
        std::string_view item = list.substr(0, list.find(','));
        list.remove_prefix(item.size() == list.size() ? item.size() : item.size() + 1);
        const std::size_t begin = item.find_first_not_of(blanks);
        if (begin != item.npos)
            suites.emplace_back(item.substr(begin, item.find_last_not_of(blanks) - begin + 1));
    }
    return suites;
}

} // namespace rdpmedic
