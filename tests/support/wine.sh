#!/usr/bin/env bash
# How does one Windows program run in a private Wine prefix? CMake's CROSSCOMPILING_EMULATOR.
#
# usage: wine.sh PROGRAM.exe [ARGUMENTS]   (RDPMEDIC_PREFIX selects the prefix; default build/wine/tests)
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/wine_prefix.sh"
export RDPMEDIC_PREFIX=${RDPMEDIC_PREFIX:-$rdpmedic_wine/tests}
prefix_ensure
exec wine "$@"
