# How do scripts get a private Wine prefix that looks like an RDP host? Functions to source; nothing outside build/ is
# touched, and no prefix but the selected one is ended.
#
#   RDPMEDIC_PREFIX=$PWD/build/wine/mine   selects the prefix for every function
#   prefix_create                          a fresh prefix (an older one of the same name is ended and removed), running
#   prefix_ensure                          makes it where it is missing; fast otherwise
#   prefix_rdp_host [STANDINS] [PORT]      makes it a healthy RDP host: services, listener settings, a free port
#   prefix_standin expired|fresh|none|key-file
#   prefix_start SERVICE / prefix_stop_service SERVICE
#   prefix_replace_file FILE TARGET        puts FILE at TARGET ("windows/system32/wtsapi32.dll") in the prefix
#   prefix_stop                            ends this prefix's wineserver and every program in it
#   free_port                              prints a free TCP port of 127.0.0.1

rdpmedic_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
rdpmedic_wine=$rdpmedic_root/build/wine
# Wine's own messages are noise here: what a program says goes to its own output. No menus, no Mono, no Gecko, no window.
export WINEDEBUG=${WINEDEBUG:--all} WINEDLLOVERRIDES="${WINEDLLOVERRIDES:-winemenubuilder.exe,mscoree,mshtml=}"
unset DISPLAY

# wineboot takes 5 s, a copy of its result a tenth of that: one template for each version of Wine.
prefix_template() {
    local template lock
    template=$rdpmedic_wine/template-$(wine --version 2>/dev/null | tr -c 'A-Za-z0-9.\n-' '_')
    if [ ! -f "$template/.complete" ]; then
        mkdir -p "$rdpmedic_wine"
        exec {lock}>"$rdpmedic_wine/.lock"
        flock "$lock"
        if [ ! -f "$template/.complete" ]; then
            rm -rf "$template"
            WINEPREFIX=$template timeout 120 wineboot --init >"$rdpmedic_wine/template.log" 2>&1
            # Wine 8 gives services a %ProgramData% of C:\users\Public; a user's own variables have the last word.
            for user in HKCU 'HKU\.Default'; do
                for name in ProgramData ALLUSERSPROFILE; do
                    WINEPREFIX=$template timeout 60 wine reg add "$user\Environment" /v $name /d 'C:\ProgramData' /f
                done
            done >>"$rdpmedic_wine/template.log" 2>&1
            WINEPREFIX=$template timeout 60 wineserver --kill || true
            WINEPREFIX=$template timeout 60 wineserver --wait || true
            touch "$template/.complete"
        fi
        exec {lock}>&-
    fi
    echo "$template"
}

prefix_create() {
    local template
    template=$(prefix_template) || return 1
    prefix_stop
    rm -rf "$RDPMEDIC_PREFIX"
    mkdir -p "$RDPMEDIC_PREFIX/drive_c"
    # Wine's own files (700 MB) are hard links: they are replaced, never written into. See prefix_replace_file.
    cp -a --link "$template/drive_c/." "$RDPMEDIC_PREFIX/drive_c/"
    cp -a "$template/dosdevices" "$template"/*.reg "$template/.update-timestamp" "$RDPMEDIC_PREFIX/"
    touch "$RDPMEDIC_PREFIX/.complete"
    prefix_run_server
}

prefix_ensure() {
    local lock
    export WINEPREFIX=$RDPMEDIC_PREFIX
    [ ! -f "$RDPMEDIC_PREFIX/.complete" ] || return 0
    mkdir -p "$rdpmedic_wine"
    exec {lock}>"$rdpmedic_wine/.lock-ensure"
    flock "$lock"
    [ -f "$RDPMEDIC_PREFIX/.complete" ] || prefix_create {lock}>&-
    exec {lock}>&-
}

# Persistent: without it the services end a few seconds after the last program that is no service.
prefix_run_server() {
    export WINEPREFIX=$RDPMEDIC_PREFIX
    wineserver --persistent 2>/dev/null || true
    # The first program starts Wine's own services, which keep its output open for good: never that of a test, for whose
    # end ctest would wait.
    timeout 60 wine cmd /c exit </dev/null >/dev/null 2>&1 || true
}

prefix_stop() {
    [ -d "$RDPMEDIC_PREFIX" ] || return 0
    WINEPREFIX=$RDPMEDIC_PREFIX wineserver --kill 2>/dev/null || true
    WINEPREFIX=$RDPMEDIC_PREFIX timeout 20 wineserver --wait 2>/dev/null || true
}

# Never `cp` over a file of Wine: the hard link would change every other prefix too.
prefix_replace_file() {
    mkdir -p "$(dirname "$RDPMEDIC_PREFIX/drive_c/$2")"
    cp --remove-destination "$1" "$RDPMEDIC_PREFIX/drive_c/$2"
}

free_port() {
    perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport, "\n"'
}

# The services come from the registry, which Wine's service manager reads when it starts: import, end, start again.
prefix_rdp_host() {
    local standins=${1:-$rdpmedic_root/build/windows/standins} port=${2:-$(free_port)}
    prefix_create || return 1
    mkdir -p "$RDPMEDIC_PREFIX/drive_c/standins"
    cp "$standins"/standin_*.exe "$RDPMEDIC_PREFIX/drive_c/standins/" || return 1
    sed -e "s/@PORT_HEX@/$(printf %08x "$port")/" -e "s/@PORT@/$port/" "$rdpmedic_root/tests/standins/rdp_host.reg" \
        >"$RDPMEDIC_PREFIX/drive_c/rdp_host.reg"
    timeout 60 wine regedit /S 'C:\rdp_host.reg' || return 1
    prefix_stop
    prefix_run_server
    RDPMEDIC_RDP_PORT=$port
    export RDPMEDIC_RDP_PORT
}

# Nothing here may hang: a program that does is ended after a minute and the script goes on with its failure.
prefix_standin() { timeout 60 wine 'C:\standins\standin_prepare.exe' "$1"; }
prefix_start() { timeout 60 wine net start "$1" >/dev/null; }
prefix_stop_service() { timeout 60 wine net stop "$1" >/dev/null; }
