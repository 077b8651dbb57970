// Test fixture: the rules of the stand-in for Windows Firewall, as a collection.
#pragma once

#include "tests/standins/firewall_rule.hpp"

namespace rdpmedic::standin {

// Those of the registry, read anew at each call.
class Rules final : public DispatchObject<INetFwRules> {
  public:
    HRESULT STDMETHODCALLTYPE get_Count(LONG* count) override;
    HRESULT STDMETHODCALLTYPE Add(INetFwRule* rule) override;
    HRESULT STDMETHODCALLTYPE Remove(BSTR name) override;
    HRESULT STDMETHODCALLTYPE Item(BSTR name, INetFwRule** rule) override;
    HRESULT STDMETHODCALLTYPE get__NewEnum(IUnknown** rows) override;
};

} // namespace rdpmedic::standin
