// Where did hex go? To probes/hex.hpp; this name goes when nobody includes it any more.
#pragma once

#include "probes/hex.hpp"
