// Test fixture, not part of the product: a COM server for CLSID_NetFwPolicy2, CLSID_NetFwRule and CLSID_NetFwProducts,
// since Wine's answers E_NOTIMPL, or is not there.
//
// get_CurrentProfileTypes answers from the environment variable RDPMEDIC_STANDIN_PROFILES, read anew at each question:
// any of "domain", "private" and "public" ("domain,public"), or a number, or "0x80070005" style for a failure with that
// HRESULT. Without the variable it answers E_NOTIMPL as Wine's does. get_Rules gives the rules of the registry, see
// firewall_rule.hpp. Every other method answers E_NOTIMPL. NetFwProducts is in firewall_products.hpp.
#include "tests/standins/firewall_products.hpp"
#include "tests/standins/firewall_rules.hpp"

namespace {

using rdpmedic::standin::DispatchObject;
using rdpmedic::standin::objects;
using rdpmedic::standin::Products;
using rdpmedic::standin::Rule;
using rdpmedic::standin::Rules;

class Policy final : public DispatchObject<INetFwPolicy2> {
  public:
    HRESULT STDMETHODCALLTYPE get_CurrentProfileTypes(LONG* profiles) override {
        char text[64] = {};
        if (::GetEnvironmentVariableA("RDPMEDIC_STANDIN_PROFILES", text, sizeof text) == 0)
            return E_NOTIMPL;
        const std::string words = text;
        if (words.rfind("0x", 0) == 0)
            return static_cast<HRESULT>(std::stoul(words, nullptr, 16));
        const auto bit = [&](const char* word, LONG value) { return words.find(word) == words.npos ? 0 : value; };
        const bool number = words.find_first_not_of("0123456789") == words.npos;
        *profiles = number ? std::stol(words) : bit("domain", 1) | bit("private", 2) | bit("public", 4);
        return S_OK;
    }

    using Profile = NET_FW_PROFILE_TYPE2;
    using Action = NET_FW_ACTION;
    HRESULT STDMETHODCALLTYPE get_FirewallEnabled(Profile, VARIANT_BOOL*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_FirewallEnabled(Profile, VARIANT_BOOL) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_ExcludedInterfaces(Profile, VARIANT*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_ExcludedInterfaces(Profile, VARIANT) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_BlockAllInboundTraffic(Profile, VARIANT_BOOL*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_BlockAllInboundTraffic(Profile, VARIANT_BOOL) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_NotificationsDisabled(Profile, VARIANT_BOOL*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_NotificationsDisabled(Profile, VARIANT_BOOL) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_UnicastResponsesToMulticastBroadcastDisabled(Profile, VARIANT_BOOL*) override {
        return E_NOTIMPL;
    }
    HRESULT STDMETHODCALLTYPE put_UnicastResponsesToMulticastBroadcastDisabled(Profile, VARIANT_BOOL) override {
        return E_NOTIMPL;
    }
    HRESULT STDMETHODCALLTYPE get_Rules(INetFwRules** rules) override {
        *rules = new Rules;
        return S_OK;
    }
    HRESULT STDMETHODCALLTYPE get_ServiceRestriction(INetFwServiceRestriction**) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE EnableRuleGroup(LONG, BSTR, VARIANT_BOOL) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE IsRuleGroupEnabled(LONG, BSTR, VARIANT_BOOL*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE RestoreLocalFirewallDefaults() override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_DefaultInboundAction(Profile, Action*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_DefaultInboundAction(Profile, Action) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_DefaultOutboundAction(Profile, Action*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_DefaultOutboundAction(Profile, Action) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_IsRuleGroupCurrentlyEnabled(BSTR, VARIANT_BOOL*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_LocalPolicyModifyState(NET_FW_MODIFY_STATE*) override { return E_NOTIMPL; }
};

// Lives as long as the DLL, so it counts nothing.
template <class Product>
class Factory final : public IClassFactory {
  public:
    virtual ~Factory() = default;
    ULONG STDMETHODCALLTYPE AddRef() override { return 2; }
    ULONG STDMETHODCALLTYPE Release() override { return 1; }
    HRESULT STDMETHODCALLTYPE QueryInterface(REFIID id, void** object) override {
        if (!object)
            return E_POINTER;
        const bool known = id == __uuidof(IUnknown) || id == __uuidof(IClassFactory);
        *object = known ? this : nullptr;
        return known ? S_OK : E_NOINTERFACE;
    }
    HRESULT STDMETHODCALLTYPE CreateInstance(IUnknown* outer, REFIID id, void** object) override {
        if (outer)
            return CLASS_E_NOAGGREGATION;
        auto* const product = new Product;
        const HRESULT status = product->QueryInterface(id, object);
        product->Release();
        return status;
    }
    HRESULT STDMETHODCALLTYPE LockServer(BOOL lock) override {
        objects += lock ? 1 : -1;
        return S_OK;
    }
};

} // namespace

STDAPI DllGetClassObject(REFCLSID class_id, REFIID id, void** object) {
    static Factory<Policy> policies;
    static Factory<Rule> rules;
    static Factory<Products> products;
    if (class_id == __uuidof(NetFwPolicy2))
        return policies.QueryInterface(id, object);
    if (class_id == __uuidof(NetFwRule))
        return rules.QueryInterface(id, object);
    if (class_id == __uuidof(NetFwProducts))
        return products.QueryInterface(id, object);
    return CLASS_E_CLASSNOTAVAILABLE;
}

STDAPI DllCanUnloadNow() { return objects == 0 ? S_OK : S_FALSE; }
