#!/usr/bin/env bash
# Does rdpmedic.exe run on a Windows that has nothing of ours? It may import only DLLs that ship with Windows.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/support/check.sh

exe=build/windows/rdpmedic.exe
# Part of every Windows since Server 2012 R2; msvcrt.dll is the C library that Windows itself uses.
ships_with_windows='advapi32|bcrypt|crypt32|dnsapi|fwpuclnt|gdi32|iphlpapi|kernel32|msvcrt|mswsock|ncrypt|netapi32|ntdll|ole32|oleaut32'
ships_with_windows+='|psapi|rpcrt4|secur32|shell32|user32|userenv|version|wevtapi|wintrust|ws2_32|wtsapi32'

imports() { x86_64-w64-mingw32-objdump --private-headers "$exe" | sed -nE 's/^[[:space:]]*DLL Name: (.*)$/\1/p' | sort --unique; }
only_windows() {
    local foreign
    foreign=$(imports | grep --invert-match --ignore-case --extended-regexp "^($ships_with_windows)\.dll$" || true)
    [ -z "$foreign" ] || { echo "rdpmedic.exe imports: $foreign"; return 1; }
}
imports_something() { imports | grep --quiet --ignore-case '^kernel32.dll$'; }

check "the list of imports can be read" imports_something
check "rdpmedic.exe imports only DLLs that ship with Windows" only_windows
printf '  note  rdpmedic.exe has %d KB and imports: %s\n' "$(($(stat --format %s "$exe") / 1024))" "$(imports | tr '\n' ' ')"
report
