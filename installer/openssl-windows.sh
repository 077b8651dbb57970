#!/usr/bin/env bash
# Cross-builds static OpenSSL for x86_64 Windows from Debian's source package, once, into build/deps/openssl-windows.
#
# The source entry is derived from this machine's own package sources. apt verifies what it fetches against the index,
# and the index against the archive's signature; the checksum is verified here once more before anything is unpacked.
# Nothing happens when the same version is already there.
set -euo pipefail
cd "$(dirname "$0")/.."
source installer/progress.sh

deps=$PWD/build/deps
prefix=$deps/openssl-windows
work=$deps/openssl-source
apt=$deps/apt

# What neither an RDP listener nor a caller of the API speaks is left out, and the rest is built for size: 4.0 MB become 2.8 in a
# program that uses TLS and certificates alone. No openssl.cnf is read, and nobody is asked for a passphrase.
options=(no-shared no-tests no-dso no-engine no-legacy no-autoload-config no-ui-console no-dtls no-srtp no-nextprotoneg no-psk
    no-srp no-comp no-ssl-trace no-cms no-cmp no-ct no-ocsp no-ts no-rfc3779 no-aria no-bf no-blake2 no-camellia no-cast no-gost
    no-idea no-md4 no-mdc2 no-ocb no-rc2 no-rc4 no-rmd160 no-scrypt no-seed no-siphash no-siv no-sm2 no-sm3 no-sm4 no-whirlpool CFLAGS=-Os)
version=$(dpkg-query --show --showformat '${Version}' libssl-dev)
stamp="$version ${options[*]}"
if [ -f "$prefix/.version" ] && [ "$(cat "$prefix/.version")" = "$stamp" ]; then
    say "openssl-windows: $version is already built"
    exit 0
fi

rm -rf "$work" "$prefix" "$apt"
mkdir -p "$work" "$apt/sources.list.d" "$apt/lists/partial" "$apt/archives/partial"

# "deb" entries become "deb-src" entries of a private apt, so the machine's own configuration stays as it is.
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$file" ] && sed -nE 's/^deb(-src)? (\[[^]]*\] )?/deb-src \2/p' "$file" >>"$apt/sources.list.d/derived.list"
done
for file in /etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] && sed -E 's/^Types:.*/Types: deb-src/' "$file" >"$apt/sources.list.d/$(basename "$file")"
done
private=(-o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$apt/sources.list.d" -o Dir::State::Lists="$apt/lists"
    -o Dir::Cache="$apt" -o APT::Sandbox::User=root)

# Upstream's archive alone: Debian's patches concern Debian's own paths and targets, not this build. Where the archive
# has moved on from the installed libssl-dev, its newest version is taken.
download() (
    cd "$work"
    apt-get -q "${private[@]}" source --download-only --tar-only "openssl=$version" ||
        apt-get -q "${private[@]}" source --download-only --tar-only openssl
)
# The SHA-256 that the signed index gives for this file.
verify() {
    local file=$1 expected
    expected=$(apt-cache "${private[@]}" showsrc openssl | awk -v file="$(basename "$file")" \
        '/^Checksums-Sha256:/ { on = 1; next } /^[^ ]/ { on = 0 } on && $3 == file { print $1; exit }')
    [ -n "$expected" ] || { echo "the index has no SHA-256 for $file"; return 1; }
    echo "$expected  $file" | sha256sum --check
}
build() (
    set -e
    cd "$work/source"
    read -ra options <<<"$configure"
    ./Configure mingw64 "${options[@]}" --cross-compile-prefix=x86_64-w64-mingw32- \
        --prefix="$prefix" --libdir=lib --openssldir='C:/Windows/rdpmedic-no-openssldir'
    make -j"$(nproc)" build_libs
    make install_dev
)

logs=build/logs
progress "openssl-windows: reading the source index" $logs/openssl-index.log apt-get -q "${private[@]}" update
progress "openssl-windows: fetching the source of openssl $version" $logs/openssl-fetch.log download
archive=$(ls "$work"/openssl_*.orig.tar.?z)
progress "openssl-windows: verifying the SHA-256 of $(basename "$archive")" $logs/openssl-verify.log verify "$archive"
mkdir "$work/source"
tar --extract --file "$archive" --strip-components=1 --directory "$work/source"
# Its own shell: errexit does not reach into a function that is called with ||.
export -f build
export work prefix configure="${options[*]}"
progress "openssl-windows: building (about one minute on two cores)" $logs/openssl-build.log bash -c build
echo "$stamp" >"$prefix/.version"
rm -rf "$work" "$apt"
say "openssl-windows: built into build/deps/openssl-windows"
