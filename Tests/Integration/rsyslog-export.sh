# CEF over RFC 5424 and TCP into a real rsyslog on loopback: each alert arrives once, the second export sends nothing.
. "$(dirname "$0")/lib.sh"
command -v rsyslogd >/dev/null || { skip "export to rsyslog" "rsyslog is not installed"; exit 0; }
cd "$root" || exit 1
export UKAI_STATE=$scratch/state UKAI_FEEDS=$root/examples/heist/Feeds UKAI_RULES=$root/Rules
port=$(free_port)
cat >"$scratch/rsyslog.conf" <<C
global(workDirectory="$scratch")
module(load="imptcp")
input(type="imptcp" address="127.0.0.1" port="$port")
template(name="received" type="string" string="%app-name%|%structured-data%|%msg%\n")
action(type="omfile" file="$scratch/received" template="received" asyncWriting="off" flushOnTXEnd="on")
C
rsyslogd -n -f "$scratch/rsyslog.conf" -i "$scratch/rsyslog.pid" >"$scratch/rsyslog.log" 2>&1 &
servers+=($!)
wait_until port_open "$port" || { not_ok "rsyslog starts: $(head -c 300 "$scratch/rsyslog.log")"; exit 0; }
"$UKAI" sync --quiet >/dev/null 2>&1
"$UKAI" scan --quiet examples/heist/logs >/dev/null 2>&1
alerts=$("$UKAI" alerts list --json | wc -l)
"$UKAI" export --quiet --to "syslog+tcp://127.0.0.1:$port" --as cef 2>"$scratch/err"; same "the export ends with 0" 0 $?
received() { [ -e "$scratch/received" ] && [ "$(grep -c 'CEF:' "$scratch/received")" -ge "$alerts" ]; }
wait_until received
same "every alert arrives" "$alerts" "$(grep -c 'CEF:' "$scratch/received")"
same "each alert once" "$alerts" "$(grep -o 'externalId=[0-9a-f]*' "$scratch/received" | sort -u | wc -l)"
holds "the canonical actor is in it" "$(cat "$scratch/received")" "TraderTraitor"
"$UKAI" export --quiet --to "syslog+tcp://127.0.0.1:$port" --as cef 2>/dev/null; same "a second export ends with 0" 0 $?
same "and sends nothing" "$alerts" "$(grep -c 'CEF:' "$scratch/received")"
kill "${servers[0]}"; wait "${servers[0]}" 2>/dev/null; servers=()
"$UKAI" export --quiet --all --to "syslog+tcp://127.0.0.1:$port" --as cef 2>/dev/null; same "a receiver that is down ends with 69" 69 $?
