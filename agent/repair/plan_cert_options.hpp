// What would change which certificate the listener uses, when somebody asks for it?
#pragma once

#include "agent/repair/plan_cert.hpp"

namespace rdpmedic {

// One of unpin=true, pin=THUMBPRINT, repair_link=true is among them. Pure.
bool asks_for_certificate_change(const Options& options);

// Pure. First rung by what is asked for, then TermService is restarted where the listener does not take the change:
//   unpin  forgets a chosen certificate that is gone, or whose key is
//   pin    chooses one of the store My that is in date, for servers, and whose key the listener can read
//   link   finds the lost key of the certificate in use among the keys of this machine
// Nothing of this where a policy chooses the certificate, apart from link.
Plan plan_cert_options(const CertPlanInput& input);

std::vector<OptionSpec> cert_options();

} // namespace rdpmedic
