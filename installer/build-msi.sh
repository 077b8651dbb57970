#!/usr/bin/env bash
# Makes build/windows/rdpmedic.msi from build/windows/rdpmedic.exe.
#
# usage: ./installer/build-msi.sh [--program FILE] [--version N.N.N] [--output FILE]   (the tests use the options)
set -euo pipefail
cd "$(dirname "$0")/.."

program=build/windows/rdpmedic.exe
output=build/windows/rdpmedic.msi
version=$(sed -nE 's/^project\(rdpmedic VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
while [ $# -gt 0 ]; do
    case $1 in
    --program) program=$2 ;;
    --version) version=$2 ;;
    --output) output=$2 ;;
    *)
        echo "build-msi: unknown option $1; usage: build-msi.sh [--program FILE] [--version N.N.N] [--output FILE]" >&2
        exit 2
        ;;
    esac
    shift 2
done
[ -f "$program" ] || { echo "build-msi: $program is missing; cmake --preset windows && cmake --build --preset windows" >&2; exit 1; }

# wixl takes relative names alone, so what goes in is laid out in a folder of its own.
stage=$(mktemp --directory)
trap 'rm -rf "$stage"' EXIT
cp "$program" "$stage/rdpmedic.exe"
cp installer/rdpmedic.wxs "$stage/"
sed 's/$/\r/' installer/README.txt >"$stage/README.txt" # Notepad of the older hosts wants CRLF
(cd "$stage" && wixl --arch x64 --define Version="$version" --output rdpmedic.msi rdpmedic.wxs)
# wixl writes REG_EXPAND_SZ as REG_SZ.
msibuild "$stage/rdpmedic.msi" -q \
    "UPDATE Registry SET Value='#%[INSTALLDIR]rdpmedic.exe' WHERE Name='EventMessageFile'"
mv "$stage/rdpmedic.msi" "$output"
echo "build-msi: $output, version $version, $(($(stat --format %s "$output") / 1024)) KB"
