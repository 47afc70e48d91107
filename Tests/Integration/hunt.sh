# Indicators that arrive later are hunted in logs that were scanned before: the same alerts, nothing twice, nothing lost.
. "$(dirname "$0")/lib.sh"
export UKAI_STATE=$scratch/state UKAI_FEEDS=$scratch/Feeds UKAI_RULES=$root/Rules
mkdir -p "$UKAI_FEEDS" "$scratch/logs"
printf 'name: late\nurl: %s\nformat: plain\n' "$scratch/list.txt" >"$UKAI_FEEDS/late.yaml"
sync() { "$UKAI" sync --force --quiet --accept-change late >/dev/null 2>"$scratch/sync.err"; case $? in 0 | 3) ;; *) not_ok "sync: $(head -c 200 "$scratch/sync.err")" ;; esac; }
count() { "$UKAI" alerts list --json | grep -o '"count":[0-9]*' | awk -F: '{s+=$2} END {print s+0}'; }

printf 'first.example\n' >"$scratch/list.txt"; sync
printf '2026-05-31T10:00:00Z host-1 asked first.example\n2026-05-31T10:00:01Z host-1 asked second.example\n' >"$scratch/logs/dns.log"
"$UKAI" scan "$scratch/logs" --quiet --json >"$scratch/out"; same "the scan finds what is known" 1 "$(wc -l <"$scratch/out")"
"$UKAI" hunt --quiet --json >"$scratch/out"; same "a hunt without news finds nothing" 0 "$(wc -l <"$scratch/out")"

printf 'first.example\nsecond.example\n' >"$scratch/list.txt"; sync
printf '2026-05-31T10:00:02Z host-1 asked first.example\n2026-05-31T10:00:03Z host-1 asked second.example\n' >>"$scratch/logs/dns.log"
mv "$scratch/logs/dns.log" "$scratch/logs/dns.log.1"
"$UKAI" hunt --quiet "$scratch/logs" --json --summary "$scratch/hunt.json" >"$scratch/out"; same "a hunt ends with 0" 0 $?
same "it finds the new indicator in the old lines" 1 "$(wc -l <"$scratch/out")"
holds "at its line" "$(cat "$scratch/out")" '"line":2'
"$UKAI" scan "$scratch/logs" --quiet --json >"$scratch/out"; same "the next scan finds both in the new lines" 2 "$(wc -l <"$scratch/out")"
"$UKAI" hunt --quiet --json >"$scratch/out"; same "a second hunt, over all logs, finds nothing twice" 0 "$(wc -l <"$scratch/out")"
same "every sighting is counted once" 4 "$(count)"
gzip "$scratch/logs/dns.log.1"
"$UKAI" scan "$scratch/logs" --quiet >/dev/null
printf 'first.example\nsecond.example\nasked\nthird.example\n' >"$scratch/list.txt"
printf 'x third.example\n' >"$scratch/logs/other.log"; "$UKAI" scan "$scratch/logs" --quiet >/dev/null; sync
"$UKAI" hunt --since 1h --quiet --fail-on-hit --json >"$scratch/out"; same "--fail-on-hit ends a hunt with 10" 10 $?
same "a hunt over all logs finds what came late" 1 "$(grep -c third.example "$scratch/out")"
"$UKAI" hunt --since nonsense >/dev/null 2>&1; same "a time that is none ends with 64" 64 $?
"$UKAI" hunt - >/dev/null 2>&1; same "standard input cannot be hunted in" 64 $?
