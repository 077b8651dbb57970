// Catch2's main, compiled once.
#define DO_NOT_USE_WMAIN // mingw-w64 links wmain only with -municode
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
