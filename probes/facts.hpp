// What does the host say? Plain values as Windows gives them: nothing here is judged, merged or guessed.
#pragma once

#include "probes/facts/access.hpp"
#include "probes/facts/basic.hpp"
#include "probes/facts/certificates.hpp"
#include "probes/facts/events.hpp"
#include "probes/facts/handshake.hpp"
#include "probes/facts/network.hpp"
#include "probes/facts/roles.hpp"
#include "probes/facts/services.hpp"
#include "probes/facts/sessions.hpp"
#include "probes/facts/system.hpp"
#include "probes/facts/winsock.hpp"
