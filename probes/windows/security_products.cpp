// Which firewalls and virus scanners does Windows Security Center list?
#include "probes/windows/reads.hpp"
#include "probes/windows/wmi.hpp"

namespace rdpmedic::windows {
namespace {

// A row without a state is kept with the reason: the property is not documented and may go.
SecurityProduct product_of(const WmiObject& row, bool firewall) {
    SecurityProduct product;
    product.firewall = firewall;
    if (const auto name = row.text(L"displayName"))
        product.name = *name;
    if (const auto path = row.text(L"pathToSignedReportingExe"))
        product.path = *path;
    product.state = row.number(L"productState");
    return product;
}

} // namespace

// MEM: the namespace and its classes are not documented; the tools of several vendors read them. Client editions only.
Result<std::vector<SecurityProduct>> security_products() {
    const auto wmi = Wmi::connect(L"ROOT\\SecurityCenter2");
    if (!wmi)
        return wmi.error();
    std::vector<SecurityProduct> products;
    for (const bool firewall : {true, false}) {
        const auto rows = wmi->query(firewall ? L"SELECT * FROM FirewallProduct" : L"SELECT * FROM AntiVirusProduct");
        if (!rows)
            return rows.error();
        for (const WmiObject& row : *rows)
            products.push_back(product_of(row, firewall));
    }
    return products;
}

} // namespace rdpmedic::windows
