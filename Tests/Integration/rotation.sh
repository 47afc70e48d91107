# The heist's logs through their life: scanned, scanned again, renamed, compressed, appended to, truncated.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
export UKAI_STATE=$scratch/state UKAI_FEEDS=$root/examples/heist/Feeds UKAI_RULES=$root/Rules

number() { sed -n "s/.*\"$2\":\([0-9][0-9]*\).*/\1/p" "$1"; }
"$UKAI" sync --quiet --summary "$scratch/sync.json" >/dev/null 2>"$scratch/sync.err"
code=$?; case $code in 0 | 3) ok "the heist's feeds come in" ;; *) not_ok "sync ended with $code: $(head -c 300 "$scratch/sync.err")" ;; esac

cp -r examples/heist/logs "$scratch/logs"
"$UKAI" scan "$scratch/logs" --quiet --json --summary "$scratch/first.json" >"$scratch/sightings.jsonl"
same "the first scan ends with 0" 0 $?
total=$(wc -l <"$scratch/sightings.jsonl")
[ "$total" -ge 15 ] && ok "the story is found ($total sightings)" || not_ok "only $total sightings"
same "the summary counts what was printed" "$total" "$(number "$scratch/first.json" sightings)"
alerts=$("$UKAI" alerts list --json | wc -l)

again() { # again NAME PATH…
  local name=$1; shift
  "$UKAI" scan "$@" --quiet --json --summary "$scratch/again.json" >"$scratch/again.jsonl"
  same "$name adds no sighting" 0 "$(wc -l <"$scratch/again.jsonl")"
  same "$name adds no alert" 0 "$(number "$scratch/again.json" new_alerts)"
  same "$name leaves the alerts as they were" "$alerts" "$("$UKAI" alerts list --json | wc -l)"
}
again "a second scan" "$scratch/logs"
mv "$scratch/logs" "$scratch/moved"
again "a scan of the moved logs" "$scratch/moved"
for log in "$scratch"/moved/*; do mv "$log" "$log.1"; done
again "a scan of the rotated logs" "$scratch/moved"
gzip "$scratch"/moved/*
again "a scan of the compressed logs" "$scratch/moved"
again "a scan from the start" --from-start "$scratch/moved"

gunzip "$scratch"/moved/*
printf 'May 16 10:00:00 idp-1 sso[812]: session resumed user=kato src=203.0.113.77 cookie=1 device=unknown result=allowed\n' >>"$scratch/moved/sign-in.log.1"
"$UKAI" scan "$scratch/moved" --quiet --json >"$scratch/more.jsonl"
same "an appended line is picked up, once" 1 "$(wc -l <"$scratch/more.jsonl")"
holds "with its line number" "$(cat "$scratch/more.jsonl")" '"line":4'

printf 'May 17 11:00:00 idp-2 sso[1]: session resumed user=mori src=203.0.113.77 cookie=2 device=unknown result=allowed\n' >"$scratch/moved/sign-in.log.1"
"$UKAI" scan "$scratch/moved" --quiet --json >"$scratch/truncated.jsonl" 2>"$scratch/truncated.err"
same "a truncated and refilled log is read from its start" 1 "$(wc -l <"$scratch/truncated.jsonl")"

for format in gz:gzip zst:zstd xz:xz bz2:bzip2; do
  tool=${format#*:}
  command -v "$tool" >/dev/null || { skip "$tool input" "$tool is not installed"; continue; }
  "$tool" -c examples/heist/logs/sign-in.log >"$scratch/x.${format%:*}"
  found=$("$UKAI" scan --no-store --quiet --json "$scratch/x.${format%:*}" | wc -l)
  same "the same sightings from a $tool file" "$("$UKAI" scan --no-store --quiet --json examples/heist/logs/sign-in.log | wc -l)" "$found"
done
same "the same sightings from standard input" "$("$UKAI" scan --no-store --quiet --json examples/heist/logs/eve.json | wc -l)" \
  "$("$UKAI" scan --no-store --quiet --json - <examples/heist/logs/eve.json | wc -l)"
"$UKAI" scan --no-store --quiet --fail-on-hit examples/heist/logs/eve.json >/dev/null; same "--fail-on-hit ends with 10" 10 $?
noise=$(cat "$scratch/sightings.jsonl" | grep -cE '"value":"(8\.8\.8\.8|google\.com|michigan)' || true)
same "nothing from the warninglists, no look-alike of a look-alike" 0 "$noise"
grep -q 'Chrome/203.0.113.77' "$scratch/sightings.jsonl" && grep 'Chrome/203' "$scratch/sightings.jsonl" | grep -q '"mode":"\(exact\|cidr\)"' \
  && not_ok "a version number is no address" || ok "a version number is no address"
