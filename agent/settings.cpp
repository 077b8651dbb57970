// What did the administrator configure?
#include "agent/settings.hpp"
