// Is a misspelt value name told from a right one?
#include "probes/formats/value_name.hpp"

#include <catch2/catch.hpp>

using namespace rdpmedic;

TEST_CASE("quotes and blanks at either end make a name that Windows does not read") {
    for (const char* name : {"'SecurityLayer'", "\"SecurityLayer\"", " MaxIdleTime", "MaxIdleTime ", "\tx", "'"}) {
        INFO(name);
        CHECK(is_misspelt(name));
    }
    for (const char* name : {"", "SecurityLayer", "Max Idle Time", "it's"}) {
        INFO(name);
        CHECK_FALSE(is_misspelt(name));
    }
}

TEST_CASE("settings of the certificate are known by their names, misspelt or not") {
    for (const char* name :
         {"'SSLCertificateSHA1Hash'", "sslcertificatesha1hash", " SelfSignedCertStore", "'CertTemplateName"}) {
        INFO(name);
        CHECK(is_about_certificate(name));
    }
    for (const char* name : {"", "'", "'SecurityLayer'", "xSSLCertificateSHA1Hash", "SSL"}) {
        INFO(name);
        CHECK_FALSE(is_about_certificate(name));
    }
}
