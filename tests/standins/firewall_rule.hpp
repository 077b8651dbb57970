// Test fixture: a rule of the stand-in for Windows Firewall, which keeps its rules where Windows does, in the registry.
#pragma once

#include "tests/standins/com_object.hpp"

#include <netfw.h>

#include <string>
#include <utility>
#include <vector>

namespace rdpmedic::standin {

inline constexpr wchar_t rules_key[] =
    L"SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules";

// RDPMEDIC_STANDIN_RULES, read anew at each question. "0x800706d9" style: reading and changing rules fails with it.
// "deaf": what is set is taken and not written.
HRESULT staged_failure();
bool is_deaf();

// "v2.30|Action=Allow|...|" as its fields, in their order.
using Fields = std::vector<std::pair<std::wstring, std::wstring>>;
Fields fields_of(const std::wstring& text);

// Answers as the real one does: translated names, expanded paths, "*" for any port. A rule with an id is in the
// registry, and writes there what is set. One without is new.
class Rule final : public DispatchObject<INetFwRule> {
  public:
    Rule() = default;
    Rule(std::wstring id, Fields fields) : id_(std::move(id)), fields_(std::move(fields)) {}

    const std::wstring& id() const { return id_; }
    std::wstring display_name() const;
    HRESULT store_as(const std::wstring& id);

    HRESULT STDMETHODCALLTYPE get_Name(BSTR* value) override;
    HRESULT STDMETHODCALLTYPE put_Name(BSTR value) override { return set(L"Name", value); }
    HRESULT STDMETHODCALLTYPE get_Description(BSTR* value) override { return get(L"Desc", value); }
    HRESULT STDMETHODCALLTYPE put_Description(BSTR value) override { return set(L"Desc", value); }
    HRESULT STDMETHODCALLTYPE get_ApplicationName(BSTR* value) override;
    HRESULT STDMETHODCALLTYPE put_ApplicationName(BSTR value) override { return set(L"App", value); }
    HRESULT STDMETHODCALLTYPE get_ServiceName(BSTR* value) override { return get(L"Svc", value); }
    HRESULT STDMETHODCALLTYPE put_ServiceName(BSTR value) override { return set(L"Svc", value); }
    HRESULT STDMETHODCALLTYPE get_Protocol(LONG* value) override;
    HRESULT STDMETHODCALLTYPE put_Protocol(LONG value) override;
    HRESULT STDMETHODCALLTYPE get_LocalPorts(BSTR* value) override;
    HRESULT STDMETHODCALLTYPE put_LocalPorts(BSTR value) override;
    HRESULT STDMETHODCALLTYPE get_RemotePorts(BSTR*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_RemotePorts(BSTR) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_LocalAddresses(BSTR*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_LocalAddresses(BSTR) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_RemoteAddresses(BSTR*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_RemoteAddresses(BSTR value) override;
    HRESULT STDMETHODCALLTYPE get_IcmpTypesAndCodes(BSTR*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_IcmpTypesAndCodes(BSTR) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_Direction(NET_FW_RULE_DIRECTION* value) override;
    HRESULT STDMETHODCALLTYPE put_Direction(NET_FW_RULE_DIRECTION value) override;
    HRESULT STDMETHODCALLTYPE get_Interfaces(VARIANT*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_Interfaces(VARIANT) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_InterfaceTypes(BSTR*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_InterfaceTypes(BSTR) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_Enabled(VARIANT_BOOL* value) override;
    HRESULT STDMETHODCALLTYPE put_Enabled(VARIANT_BOOL value) override;
    HRESULT STDMETHODCALLTYPE get_Grouping(BSTR* value) override { return get(L"EmbedCtxt", value); }
    HRESULT STDMETHODCALLTYPE put_Grouping(BSTR value) override { return set(L"EmbedCtxt", value); }
    HRESULT STDMETHODCALLTYPE get_Profiles(LONG* value) override;
    HRESULT STDMETHODCALLTYPE put_Profiles(LONG value) override;
    HRESULT STDMETHODCALLTYPE get_EdgeTraversal(VARIANT_BOOL*) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE put_EdgeTraversal(VARIANT_BOOL) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get_Action(NET_FW_ACTION* value) override;
    HRESULT STDMETHODCALLTYPE put_Action(NET_FW_ACTION value) override;

  private:
    std::wstring field(const wchar_t* name) const;
    void replace(const wchar_t* name, const std::vector<std::wstring>& values);
    HRESULT get(const wchar_t* name, BSTR* value) const;
    HRESULT set(const wchar_t* name, BSTR value);
    HRESULT save() const;

    std::wstring id_;
    Fields fields_;
};

} // namespace rdpmedic::standin
