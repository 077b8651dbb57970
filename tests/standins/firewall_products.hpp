// Test fixture: the firewalls of other makers that are registered with the stand-in for Windows Firewall.
#pragma once

#include "tests/standins/com_object.hpp"

#include <netfw.h>

namespace rdpmedic::standin {

// RDPMEDIC_STANDIN_FIREWALLS, read anew at each question: "Example Firewall=1,2;Other Firewall=" are two products with
// the categories that they have taken over. A category of "x" is a text; "!" in place of categories fails with E_FAIL.
// "0x80070005" style: the count fails with that HRESULT. Without the variable the count answers E_NOTIMPL.
class Products final : public DispatchObject<INetFwProducts> {
  public:
    HRESULT STDMETHODCALLTYPE get_Count(LONG* count) override;
    HRESULT STDMETHODCALLTYPE Register(INetFwProduct*, IUnknown**) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE Item(LONG, INetFwProduct**) override { return E_NOTIMPL; }
    HRESULT STDMETHODCALLTYPE get__NewEnum(IUnknown** rows) override;
};

} // namespace rdpmedic::standin
