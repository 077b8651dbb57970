#!/usr/bin/env bash
# Cross-builds static OpenSSL for x86_64 Windows from Debian's source package, once, into build/deps/openssl-windows.
#
# The source entry is derived from this machine's own package sources, and apt verifies the source's checksum against
# the signed index. Nothing happens when the same version is already there.
set -euo pipefail
cd "$(dirname "$0")/.."

deps=$PWD/build/deps
prefix=$deps/openssl-windows
work=$deps/openssl-source
apt=$deps/apt

version=$(dpkg-query --show --showformat '${Version}' libssl-dev)
if [ -f "$prefix/.version" ] && [ "$(cat "$prefix/.version")" = "$version" ]; then
    echo "openssl-windows: $version is already built"
    exit 0
fi

echo "openssl-windows: fetching the source of openssl $version"
rm -rf "$work" "$prefix" "$apt"
mkdir -p "$work" "$apt/sources.list.d" "$apt/lists/partial" "$apt/archives/partial"

# "deb" entries become "deb-src" entries of a private apt, so the machine's own configuration stays as it is.
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -f "$file" ] && sed -nE 's/^deb(-src)? (\[[^]]*\] )?/deb-src \2/p' "$file" >>"$apt/sources.list.d/derived.list"
done
for file in /etc/apt/sources.list.d/*.sources; do
    [ -f "$file" ] && sed -E 's/^Types:.*/Types: deb-src/' "$file" >"$apt/sources.list.d/$(basename "$file")"
done
private_apt() {
    apt-get -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$apt/sources.list.d" \
        -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt" -o APT::Sandbox::User=root "$@"
}
private_apt update
# Upstream's archive alone: Debian's patches concern Debian's own paths and targets, not this build.
(cd "$work" && private_apt source --download-only --tar-only "openssl=$version")
mkdir "$work/source"
tar --extract --file "$(ls "$work"/openssl_*.orig.tar.?z)" --strip-components=1 --directory "$work/source" \
    2>"$work/extract.log" || { cat "$work/extract.log" >&2; exit 1; }

echo "openssl-windows: building (about one minute on two cores); log: build/deps/openssl-source/build.log"
build() (
    cd "$work/source"
    ./Configure mingw64 no-shared no-tests no-dso no-engine no-legacy --cross-compile-prefix=x86_64-w64-mingw32- \
        --prefix="$prefix" --libdir=lib --openssldir='C:/Windows/rdpmedic-no-openssldir' &&
        make -j"$(nproc)" build_libs && make install_dev
)
if ! build >"$work/build.log" 2>&1; then
    tail -n 30 "$work/build.log" >&2
    echo "openssl-windows: the build failed; the whole log is $work/build.log" >&2
    exit 1
fi
echo "$version" >"$prefix/.version"
rm -rf "$work" "$apt"
echo "openssl-windows: built $version into build/deps/openssl-windows"
