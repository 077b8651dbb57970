// Keeps the header of the fake host compiling on its own.
#include "tests/support/fake_host.hpp"
