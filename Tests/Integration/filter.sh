# `ukai-scan` is `ukai scan --no-store --index FILE` in a program of its own: the same cases over both, the same records, summaries and ends.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
scan=${UKAI_SCAN:-$(dirname "$UKAI")/ukai-scan}
[ -x "$scan" ] || { not_ok "ukai-scan is built beside ukai ($scan)"; exit 0; }
export UKAI_STATE=$scratch/state UKAI_FEEDS=$root/examples/heist/Feeds UKAI_RULES=$root/Rules
"$UKAI" sync --quiet 2>/dev/null
index=$scratch/indicators.ukx
cp "$UKAI_STATE/indicators.ukx" "$index"
# Neither may need a state, or make one.
export UKAI_STATE=$scratch/nowhere/state
logs=$root/examples/heist/logs
gzip -c "$logs/dns.log" >"$scratch/dns.gz"
cat "$logs"/* >"$scratch/all.log"
mkdir -p "$scratch/rules/logs"
printf 'mode: {exact: 0.1, suffix: 0.1, host: 0.1}\n' >"$scratch/rules/scoring.yaml"
printf 'suppressions:\n  - {value: hashi-custody-login.example, reason: "a test"}\n' >"$scratch/rules/suppressions.yaml"
mkdir -p "$scratch/broken"; printf 'mode: {exact: [}\n' >"$scratch/broken/scoring.yaml"
mkdir -p "$scratch/feeds"; printf 'version: 1\nname: own\nurl: https://hashi-custody-login.example/list.txt\nformat: plain\n' >"$scratch/feeds/own.yaml"

# Times of the scan itself stand in lines that have none of their own: they and the seconds are left out of the comparison.
plain() { sed -E 's/"seconds":[0-9.]+/"seconds":0/; s/; [0-9.]+ s$//; s/^Usage: .*//; s/ukai scan --help/ukai-scan --help/'; }
cases=0 wrong=0
both() { # both NAME INPUT ARGUMENT…: the arguments over both programs
  local name=$1 input=$2
  shift 2
  cases=$((cases + 1))
  : >"$scratch/a.summary"
  : >"$scratch/b.summary"
  "$UKAI" scan --no-store --index "$index" --summary "$scratch/a.summary" "$@" <"$input" >"$scratch/a.out" 2>"$scratch/a.err"; local a=$?
  "$scan" --index "$index" --summary "$scratch/b.summary" "$@" <"$input" >"$scratch/b.out" 2>"$scratch/b.err"; local b=$?
  local fine=1
  [ $a -eq $b ] || fine=
  cmp -s "$scratch/a.out" "$scratch/b.out" || fine=
  [ "$(plain <"$scratch/a.err")" = "$(plain <"$scratch/b.err")" ] || fine=
  [ "$(plain <"$scratch/a.summary")" = "$(plain <"$scratch/b.summary")" ] || fine=
  [ -n "$fine" ] && return
  wrong=$((wrong + 1))
  echo "# $name: $a and $b; $(diff "$scratch/a.out" "$scratch/b.out" | head -c 300) $(diff <(plain <"$scratch/a.err") <(plain <"$scratch/b.err") | head -c 300)"
}
found() { [ -s "$scratch/b.out" ] && ok "$1" || not_ok "$1: nothing was found"; }
both "a directory" /dev/null --json "$logs"; found "the logs of the heist have finds"
both "standard input" "$scratch/all.log" --json -; found "so has standard input"
both "the same as text" "$scratch/all.log" --color always -
both "a compressed log" /dev/null --json "$scratch/dns.gz"; found "and a compressed log"
both "a pattern" /dev/null --json "$logs/*.log"
both "four at a time" /dev/null --json --jobs 4 "$logs"
both "a named source" "$logs/dns.log" --json --source dns -
both "only what is severe" /dev/null --json --min-severity critical "$logs"
both "with status 10" /dev/null --fail-on-hit --quiet "$logs"; same "--fail-on-hit ends with 10" 10 "$("$scan" --index "$index" --fail-on-hit --quiet "$logs" >/dev/null 2>&1; echo $?)"
both "rules of its own" /dev/null --json --rules "$scratch/rules" "$logs"
"$scan" --index "$index" --json --rules "$scratch/rules" --summary "$scratch/own.summary" "$logs" >"$scratch/own.out" 2>/dev/null
same "scoring.yaml is obeyed" 0 "$(grep -c '"severity":"critical"' "$scratch/own.out")"
holds "suppressions.yaml is obeyed" "$(cat "$scratch/own.summary")" '"suppressed_by":[{"entry"'
both "broken rules" /dev/null --rules "$scratch/broken" "$logs"; same "broken rules end with 78" 78 "$("$scan" --index "$index" --rules "$scratch/broken" "$logs" >/dev/null 2>&1; echo $?)"
both "without rules" /dev/null --json --rules "$scratch/nowhere" "$logs"
# The index knows the feeds' addresses, so that the trace of our own fetching is no find.
printf 'hashi-custody-login.example\n' >"$scratch/values.txt"
"$UKAI" index build --feeds "$scratch/feeds" --from "$scratch/values.txt" --out "$scratch/own.ukx" 2>/dev/null
"$scan" --index "$scratch/own.ukx" --json --summary "$scratch/own.summary" "$logs" >/dev/null 2>&1
[ "$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["echoes"])' "$scratch/own.summary")" -gt 0 ] && ok "the trace of our own fetching is known" || not_ok "the trace of our own fetching is not known"
both "a missing log" /dev/null "$scratch/absent.log"
both "a missing log among others" /dev/null --json "$scratch/absent.log" "$logs"
both "a wrong flag" /dev/null --jobs 0 -
both "an unknown severity" /dev/null --min-severity huge -
both "nothing" /dev/null -
same "$cases cases end alike in both" 0 $wrong
printf 'damaged' >"$scratch/bad.ukx"
for bad in "$scratch/bad.ukx" "$scratch/absent.ukx"; do
  "$UKAI" scan --no-store --index "$bad" - </dev/null >/dev/null 2>"$scratch/a.err"; a=$?
  "$scan" --index "$bad" - </dev/null >/dev/null 2>"$scratch/b.err"; b=$?
  same "the index $(basename "$bad") ends alike" "$a $(cat "$scratch/a.err")" "$b $(cat "$scratch/b.err")"
done
"$scan" - </dev/null >/dev/null 2>&1; same "without an index it ends with 64" 64 $?
"$scan" --version | grep -q "^ukai-scan [0-9]" && ok "it says its version" || not_ok "it says its version"
[ -e "$scratch/nowhere" ] && not_ok "no state is made" || ok "no state is made"
linked=$(ldd "$scan" | grep -oiE 'lib(curl|sqlite3|archive|expat|ssl|icu[a-z]*|_FoundationICU|Foundation|FoundationInternationalization)\.so' | sort -u | tr '\n' ' ')
same "it links no network, no database, no ICU" "" "$linked"
"$scan" --index "$index" --json - <"$scratch/all.log" 2>/dev/null | head -n 1 >/dev/null; same "a reader that leaves early is no crash" 1 "$([ "${PIPESTATUS[0]}" -lt 128 ] && echo 1)"
