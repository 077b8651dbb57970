#!/usr/bin/env bash
# Which Debian packages do the build and the tests need? Installs those that are missing; needs root or sudo for that.
#
# usage: ./installer/dependencies.sh   (nothing happens, and nothing is fetched, when all are there)
set -euo pipefail
cd "$(dirname "$0")/.."
source installer/progress.sh

packages=(
    # native build
    g++ cmake ninja-build dpkg-dev clang-format
    libboost1.81-dev nlohmann-json3-dev libspdlog-dev libfmt-dev libssl-dev libcli11-dev catch2
    # Windows build; make and perl for OpenSSL
    g++-mingw-w64-x86-64-posix binutils-mingw-w64-x86-64 make perl xz-utils
    # MSI
    wixl msitools
    # tests: Wine (whose cryptography is GnuTLS), a real RDP server, and what the scripts call
    wine wine64 libgnutls30 xrdp curl jq openssl
    # what the handshake is compared with: FreeRDP's client and server, the display that they want, and nmap
    freerdp2-x11 freerdp2-shadow-x11 winpr-utils xvfb nmap
)

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then
    say "dependencies: all ${#packages[@]} packages are installed"
    exit 0
fi

say "dependencies: missing: ${missing[*]}"
as_root=()
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "dependencies: not root and no sudo here; as root, run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    sudo --validate || { echo "dependencies: sudo refused; as root, run: apt-get install ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
fi
if ! command -v apt-get >/dev/null; then
    echo "dependencies: no apt-get: this script knows Debian 12; install the counterparts of: ${missing[*]}" >&2
    exit 1
fi
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet --option DPkg::Lock::Timeout=300 \
        --option Dpkg::Use-Pty=0 "$@"
}
progress "dependencies: reading the package lists" build/logs/apt-update.log apt update
progress "dependencies: installing ${#missing[@]} packages" build/logs/apt-install.log \
    apt install --yes --no-install-recommends "${missing[@]}"
