// Which members has each fact? Only facts_json.cpp includes this.
//
// Each structured binding names every member: a member added to facts/ breaks the build in fields/ until it is listed.
#pragma once

#include "probes/recorded/fields/access.hpp"
#include "probes/recorded/fields/basic.hpp"
#include "probes/recorded/fields/certificates.hpp"
#include "probes/recorded/fields/events.hpp"
#include "probes/recorded/fields/handshake.hpp"
#include "probes/recorded/fields/network.hpp"
#include "probes/recorded/fields/roles.hpp"
#include "probes/recorded/fields/services.hpp"
#include "probes/recorded/fields/sessions.hpp"
#include "probes/recorded/fields/system.hpp"
#include "probes/recorded/fields/winsock.hpp"
