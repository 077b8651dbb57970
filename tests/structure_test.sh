#!/usr/bin/env bash
# Does the house still stand as drawn? Rules about the sources that no compiler checks.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/support/check.sh

sources() { find probes agent api tests installer -regex '.*\.[ch]pp' "$@"; }

# Fails and prints the lines when any given file holds `pattern`. Comments do not count.
nowhere() {
    local pattern=$1 hits
    shift
    [ $# -gt 0 ] || return 0
    hits=$(grep --line-number --with-filename --extended-regexp "$pattern" "$@" |
        grep --invert-match --extended-regexp '^[^:]*:[0-9]+:[[:space:]]*//' || true)
    [ -z "$hits" ] || { echo "$hits"; return 1; }
}

mapfile -t portable < <(sources -not -path '*/windows/*' -not -path 'tests/standins/*')
windows_header='#[[:space:]]*include[[:space:]]*<(windows|winsock2|ws2tcpip|wincrypt|winsvc|wtsapi32|iphlpapi|sddl|aclapi|ncrypt|bcrypt|shlobj|evntprov|winevt|netfw|netlistmgr|objbase|winreg|ws2spi)\.h>'
check "Windows headers are included only below a windows folder" nowhere "$windows_header" "${portable[@]}"

mapfile -t not_api < <(sources -not -path 'api/*' -not -path 'tests/api/*')
check "Beast is used only in api" nowhere 'boost/beast|boost::beast' "${not_api[@]}"

mapfile -t probes < <(sources -path 'probes/*')
check "probes do not log" nowhere 'spdlog' "${probes[@]}"
changing='\<(Reg(Set|Delete|Create|Rename|Replace|Restore|Load)[A-Za-z]*|CertAdd[A-Za-z]*|CertDelete[A-Za-z]*|CertSet[A-Za-z]*'
changing+='|ChangeServiceConfig2?[AW]?|CreateService[AW]?|DeleteService|StartService[AW]?|ControlService(Ex)?[AW]?|SetServiceObjectSecurity'
changing+='|Set(Named)?SecurityInfo[AW]?|SetFileSecurity[AW]?|SetKernelObjectSecurity|(Move|Copy|Delete|Replace)File(Ex)?[AW]?|WriteFile(Ex)?|SetFileAttributes[AW]?'
changing+='|TerminateProcess|CreateProcess[AW]?|ShellExecute(Ex)?[AW]?|WTS(Logoff|Disconnect|Reset|Send|Terminate)[A-Za-z]*|WSC(Install|Deinstall|Write|Enable|Unin)[A-Za-z0-9]*'
changing+='|CryptImportKey|CryptGenKey|CryptDestroyKey|CryptSetProvParam|NCrypt(Create|Delete|Finalize|Import|SetProperty)[A-Za-z]*|std::ofstream|std::system|popen'
changing+='|KEY_(SET_VALUE|WRITE|ALL_ACCESS|CREATE_SUB_KEY)|GENERIC_(WRITE|ALL)|WRITE_(DAC|OWNER)|SERVICE_(START|STOP|CHANGE_CONFIG|ALL_ACCESS)|SC_MANAGER_(CREATE_SERVICE|ALL_ACCESS))\>'
# One read starts a program, because Windows tells it in no other way.
starter=probes/windows/program_output.cpp
mapfile -t quiet_probes < <(printf '%s\n' "${probes[@]}" | grep --invert-match --line-regexp --fixed-strings "$starter")
check "probes call nothing that changes the host" nowhere "$changing" "${quiet_probes[@]}"
starting=${changing/'CreateProcess[AW]?|'/}
check "the one that starts a program, and ends it again, does nothing else" nowhere "${starting/'TerminateProcess|'/}" "$starter"

mapfile -t not_main < <(sources -path 'probes/*' -o -path 'agent/*' -name '*pp' -not -path 'agent/main/*')
check "arrows point one way: probes and agent know nothing of api" nowhere '#include "api/' "${not_main[@]}"
check "arrows point one way: probes know nothing of agent" nowhere '#include "agent/' "${probes[@]}"

mapfile -t everything < <(find . -type f -not -path './build/*' -not -path './.git/*' -not -name .git)
check "no path of one machine is written down" nowhere '/(home|root|work|Users)/[a-z]|/tmp/w[t]' "${everything[@]}"
check "no package registry is written down" nowhere '(deb|snapshot|ftp)\.debian\.org|security\.debian' "${everything[@]}"

first_lines() {
    local file line bad=0
    for file in $(sources); do
        read -r line <"$file"
        [[ $line == //* ]] || { echo "$file: the first line is no comment: $line"; bad=1; }
    done
    return $bad
}
check "the first line of each source says which question it answers" first_lines

no_placeholder_left() {
    local hits
    hits=$(find . -name 'README*' -not -path './build/*' -exec grep --line-number --with-filename --extended-regexp \
        '@[A-Z][A-Z0-9_]*@' {} + || true)
    [ -z "$hits" ] || { echo "$hits"; return 1; }
}
check "no placeholder is left in a README" no_placeholder_left

probe_names=$(sed --quiet 's/^RDPMEDIC_PROBE(\(.*\))$/\1/p' probes/probe_list.inc | paste --serial --delimiters='|')
# <probe>.unknown is described once for all probes.
codes_are_listed() {
    local code bad=0 count=0
    while read -r code; do
        count=$((count + 1))
        grep --quiet --fixed-strings "\`$code\`" probes/README.md || { echo "$code is not in probes/README.md"; bad=1; }
    done < <(grep --recursive --no-filename --only-matching --extended-regexp --include='*.?pp' \
        "\"($probe_names|agent)\.[a-z_0-9]+\"" probes agent api | tr -d '"' |
        grep --invert-match --extended-regexp '\.(unknown|h)$' | sort --unique)
    [ "$count" -gt 50 ] || { echo "only $count codes were found in the sources"; bad=1; }
    return $bad
}
check "each code of a finding is described in probes/README.md" codes_are_listed

# What a table calls unconfirmed is in the list of what is still to be confirmed, and that list names codes that exist.
unconfirmed_is_listed() {
    local list tables code bad=0 count=0
    list=$(sed --quiet '/^## Still to be confirmed/,$p' probes/README.md)
    tables=$(sed '/^## Still to be confirmed/,$d' probes/README.md)
    while read -r code; do
        count=$((count + 1))
        grep --quiet --fixed-strings "\`$code\`" <<<"$list" || { echo "$code is called unconfirmed and is not in the list"; bad=1; }
    done < <(grep --extended-regexp '^\| `.*(to be confirmed on Windows|is from memory|is derived)' <<<"$tables" |
        grep --only-matching --extended-regexp '^\| `[a-z_0-9.]+`' | tr -d '|` ')
    [ "$count" -gt 5 ] || { echo "only $count unconfirmed rows were found"; bad=1; }
    while read -r code; do
        grep --quiet --fixed-strings "| \`$code\`" <<<"$tables" || grep --quiet --fixed-strings ", \`$code\`" <<<"$tables" ||
            { echo "$code in the list is in no table"; bad=1; }
    done < <(grep --only-matching --extended-regexp "\`($probe_names)\.[a-z_0-9]+\`" <<<"$list" | tr -d '`' |
        grep --invert-match --extended-regexp '\.[ch]pp$' | sort --unique)
    return $bad
}
check "what a table calls unconfirmed is in the list of probes/README.md" unconfirmed_is_listed

# Each line of that list names the files that it is marked in, and all lines together each file as often as it has marks.
marks_are_listed() {
    local list item file marked named bad=0 count=0
    list=$(sed --quiet '/^## Still to be confirmed/,$p' probes/README.md | awk '
        /^\* / { if (item) print item; item = $0; next } item { sub(/^ +/, " "); item = item $0 } END { print item }')
    named=$(grep --only-matching --extended-regexp '`[a-z_0-9/]+\.[ch]pp`( x[0-9])?' <<<"$list" | tr -d '`' |
        sed '/^\(agent\|api\)\//! s|^|probes/|; s/ x/ /' | awk '{ n[$1] += NF > 1 ? $2 : 1 } END { for (f in n) print f, n[f] }' | sort)
    marked=$(sources -path 'probes/*' -o -path 'agent/*' -o -path 'api/*' | grep '\.[ch]pp$' |
        xargs grep --only-matching --word-regexp --extended-regexp 'MEM|DERIVED' | cut --delimiter=: --fields=1 |
        awk '{ ++n[$1] } END { for (f in n) print f, n[f] }' | sort)
    diff <(echo "$named") <(echo "$marked") | sed --quiet 's/^< /in the list: /p; s/^> /in the code: /p'
    [ "$named" = "$marked" ] || bad=1
    while read -r item; do
        count=$((count + 1))
        grep --quiet --extended-regexp '`[a-z_0-9/]+\.[ch]pp`' <<<"$item" || { echo "no file is named: $item"; bad=1; }
    done <<<"$list"
    [ "$count" -gt 50 ] || { echo "only $count lines were found"; bad=1; }
    return $bad
}
check "each mark MEM or DERIVED has a line in the list of probes/README.md, and each line its marks" marks_are_listed

# The table of causes in README.md: each recorded host in it exists, and each code is one of a probe.
causes_are_recorded() {
    local row name bad=0 count=0
    while read -r row; do
        count=$((count + 1))
        while read -r name; do
            case $name in
            s[0-9]*) [ -f "tests/fixtures/hosts/$name.json" ] || { echo "no recorded host $name"; bad=1; } ;;
            *.*) grep --quiet --fixed-strings "\`$name\`" probes/README.md || { echo "no code $name"; bad=1; } ;;
            esac
        done < <(grep --only-matching --extended-regexp '`(s[0-9]{2}-[a-z0-9-]+|[a-z]+\.[a-z0-9_]+)`' <<<"$row" | tr -d '`')
    done < <(grep --extended-regexp '^\| S[0-9]+ ' README.md)
    [ "$count" -eq 23 ] || { echo "$count causes in README.md instead of 23"; bad=1; }
    for name in tests/fixtures/hosts/s[0-9]*.json; do
        name=$(basename "$name" .json)
        grep --quiet --fixed-strings "\`$name\`" README.md || { echo "README.md does not name $name"; bad=1; }
    done
    return $bad
}
check "each cause in README.md has its codes and its recorded host" causes_are_recorded

# Lengths are a report: a file over the limit says why, and the reader decides.
sources -print0 | xargs -0 wc --lines | awk '
    $2 == "total" { next }
    ($2 ~ /\.hpp$/ && $1 > 150) || ($2 ~ /\.cpp$/ && $1 > 400) { printf "  note  %s has %d lines\n", $2, $1 }'
report
