// Who may ask, and who may repair?
#include "api/tokens.hpp"
