# The record shapes and exit statuses that users' scripts rely on, checked on the heist of examples/.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
export UKAI_STATE=$scratch/state UKAI_FEEDS=$root/examples/heist/Feeds UKAI_RULES=$root/Rules
logs=examples/heist/logs

"$UKAI" sync --quiet --summary "$scratch/sync.json" 2>"$scratch/err"; same "a sync with refused rows ends with 3" 3 $?
[ -s "$scratch/err" ] && ok "a quiet sync still says what it refused" || not_ok "a quiet sync with refused rows said nothing"
"$UKAI" sync --quiet 2>"$scratch/err" >"$scratch/out"; same "a sync with nothing due ends with 0" 0 $?
same "and is silent" "" "$(cat "$scratch/err" "$scratch/out")"
"$UKAI" scan "$logs" --json --summary "$scratch/scan.json" >"$scratch/sightings" 2>/dev/null; same "a scan with hits ends with 0" 0 $?
"$UKAI" scan "$logs" --json >"$scratch/again" 2>/dev/null
same "the same logs again give nothing" "" "$(cat "$scratch/again")"
"$UKAI" scan --fail-on-hit --no-store --quiet "$logs" >/dev/null 2>&1; same "--fail-on-hit ends with 10" 10 $?
mkfifo "$scratch/pipe"; "$UKAI" scan --fail-on-hit --no-store --quiet --summary "$scratch/skipped.json" "$scratch/pipe" "$logs" >/dev/null 2>&1; same "also where something was skipped" 10 $?
holds "which is said" "$(cat "$scratch/skipped.json")" '"reason":"fifo"'
"$UKAI" scan --fail-on-hit --no-store --quiet "$scratch/pipe" /dev/null >/dev/null 2>&1; same "without a hit a skipped log ends with 3" 3 $?
"$UKAI" scan "$scratch/absent.log" >/dev/null 2>&1; same "a scan of nothing but a missing log ends with 66" 66 $?
"$UKAI" scan "$scratch/absent.log" "$logs" >/dev/null 2>&1; same "a missing log among others ends with 3" 3 $?
"$UKAI" >/dev/null 2>&1; same "no command at all ends with 64" 64 $?
# An index of an earlier version: the same length, another number behind the magic.
cp "$UKAI_STATE/indicators.ukx" "$scratch/present.ukx"
printf '\001' | dd of="$UKAI_STATE/indicators.ukx" bs=1 seek=8 conv=notrunc status=none
"$UKAI" scan --no-store "$logs" >/dev/null 2>"$scratch/errors"; same "an index of another version ends with 65" 65 $?
holds "and says what to do" "$(cat "$scratch/errors")" "ukai sync"
"$UKAI" lookup hashi-custody-login.example >/dev/null 2>"$scratch/errors"; same "a look-up in it ends with 3" 3 $?
holds "and says so too" "$(cat "$scratch/errors")" "ukai sync"
"$UKAI" sync --quiet --offline; same "a sync in which nothing changed" 0 $?
cmp "$UKAI_STATE/indicators.ukx" "$scratch/present.ukx" && ok "makes it anew, the same byte for byte" || not_ok "makes it anew, the same byte for byte"

# A byte of the records' texts that has become another one: nothing is out of bounds, an indicator would just be missed.
half=$(($(wc -c <"$scratch/present.ukx") * 3 / 4))
# Another one: what stands there hangs on the index's seed, and empty places are full of this byte.
other='\377'; [ "$(tail -c "+$((half + 1))" "$scratch/present.ukx" | head -c 1 | od -An -tx1)" = " ff" ] && other='\376'
printf "$other" | dd of="$UKAI_STATE/indicators.ukx" bs=1 seek="$half" conv=notrunc status=none
"$UKAI" scan --no-store "$logs" >/dev/null 2>"$scratch/errors"; same "an index with one byte changed ends with 65" 65 $?
holds "and says that it is damaged" "$(cat "$scratch/errors")" "damaged"
"$UKAI" lookup hashi-custody-login.example >/dev/null 2>&1; same "a look-up in it ends with 3" 3 $?
"$UKAI" sync --quiet --offline; same "a sync in which nothing changed" 0 $?
cmp "$UKAI_STATE/indicators.ukx" "$scratch/present.ukx" && ok "makes that one anew as well" || not_ok "makes that one anew as well"

"$UKAI" scan --index "$UKAI_STATE/indicators.ukx" --no-store --json - <"$logs/dns.log" >"$scratch/filter" 2>/dev/null
same "the pure filter ends with 0" 0 $?
cat "$logs/dns.log" | (UKAI_STATE=/nonexistent/state "$UKAI" scan --index "$UKAI_STATE/indicators.ukx" --no-store --json -) 2>/dev/null | wc -l >"$scratch/stateless"
same "and needs no state" "$(wc -l <"$scratch/filter")" "$(cat "$scratch/stateless")"
"$UKAI" alerts list --json >"$scratch/alerts" 2>/dev/null
"$UKAI" lookup --json sso.hashi-custody-login.example 8.8.8.8 'no such' >"$scratch/lookup" 2>/dev/null
same "one line out for each value looked up" 3 "$(wc -l <"$scratch/lookup")"
"$UKAI" feeds check blocklist --json >"$scratch/check" 2>/dev/null
"$UKAI" actors resolve --json TraderTraitor "Jade Sleet" UNC4899 "Slow Pisces" >"$scratch/actors" 2>/dev/null

printf 'evil-example\n# a note\nleft-padd@1.2.3\n' >"$scratch/packages.txt"
"$UKAI" index build --from "$scratch/packages.txt" --type npm --out "$scratch/packages.ukx" >/dev/null 2>&1; same "a list of one type is read by it" 0 $?
printf 'npm i evil-example\nnpm i left-padd\nGET https://registry.npmjs.org/left-padd/-/left-padd-1.2.3.tgz\nGET https://registry.npmjs.org/left-padd/-/left-padd-1.3.0.tgz\n' |
  "$UKAI" scan --index "$scratch/packages.ukx" --no-store --json - 2>/dev/null >"$scratch/packages"
same "and a listed version is hit where a log names it" "2" "$(wc -l <"$scratch/packages")"

# A list may come through a pipe, in any form.
printf 'value,type\npiped.example,domain\n192.0.2.77,ipv4\n' | "$UKAI" index build --from - --json --out "$scratch/piped.ukx" >"$scratch/piped.json" 2>/dev/null; same "a list on standard input" 0 $?
"$UKAI" index build --from <(printf 'piped.example\nno value\n') --json --out "$scratch/piped2.ukx" >"$scratch/piped2.json" 2>"$scratch/piped.said"; same "a list through a pipe" 3 $?
same "are read as files are" "2 0 1 1" "$(python3 -c 'import json,sys; print(*[json.load(open(f))[k] for f in sys.argv[1:] for k in ("indicators", "rejected")])' "$scratch/piped.json" "$scratch/piped2.json")"
same "and what is wrong in one is said with its line" 1 "$(grep -c '/dev/fd/[0-9]*:2: warning' "$scratch/piped.said")"
same "a name of the list on standard input is hit" '["stdin"]' "$(echo 'GET http://piped.example/' | "$UKAI" scan --index "$scratch/piped.ukx" --no-store --json - 2>/dev/null | python3 -c 'import json,sys; print(json.dumps(json.loads(sys.stdin.readline())["indicator"]["feeds"]))')"
"$UKAI" index build --from - --from - --out "$scratch/piped.ukx" </dev/null >/dev/null 2>&1; same "standard input twice" 64 $?
mkfifo "$scratch/nobody"
timeout 20 "$UKAI" index build --from "$scratch/nobody" --out "$scratch/piped3.ukx" >/dev/null 2>&1; same "a pipe that nobody writes to is an empty list, and not waited for" 78 $?

# One bad list never stops the others; nothing is put in the place of an index without a word, and nothing at all where that is asked for.
printf 'evil.example\n' >"$scratch/one.txt"
printf 'worse.example\n' >"$scratch/two.txt"
"$UKAI" index build --from "$scratch/one.txt" --from "$scratch/two.txt" --out "$scratch/lists.ukx" >/dev/null 2>&1; same "two lists make an index" 0 $?
cp "$scratch/lists.ukx" "$scratch/lists.before"
"$UKAI" index build --from "$scratch/one.txt" --from "$scratch/none.txt" --strict --out "$scratch/lists.ukx" >/dev/null 2>&1; same "a list that is not there, --strict" 66 $?
cmp -s "$scratch/lists.ukx" "$scratch/lists.before"; same "leaves the index as it was" 0 $?
"$UKAI" index build --from "$scratch/none.txt" "$scratch/nowhere.txt" --out "$scratch/lists.ukx" >/dev/null 2>&1; same "no list is there" 66 $?
cmp -s "$scratch/lists.ukx" "$scratch/lists.before"; same "leaves it as well" 0 $?
"$UKAI" index build --from "$scratch/none.txt" "$scratch/one.txt" --json --out "$scratch/lists.ukx" >"$scratch/lists.json" 2>"$scratch/lists.said"; same "a list that is not there beside one that is" 3 $?
same "is said" 1 "$(grep -c 'none.txt.*index.incomplete' "$scratch/lists.said")"
same "and named" "[\"$scratch/none.txt\"] 1" "$(python3 -c 'import json,sys; r = json.load(open(sys.argv[1])); print(json.dumps(r["unread"]), r["indicators"])' "$scratch/lists.json")"

python3 - "$scratch" <<'P'
import hashlib, json, sys
scratch = sys.argv[1]
def records(name): return [json.loads(line) for line in open(scratch + "/" + name, encoding="utf-8")]
def check(name, fine, seen=""): print(("ok - " if fine else "not ok - ") + name + ("" if fine else ": " + str(seen)[:400]))

sightings = records("sightings")
check("every sighting has its parts", sightings and all(
    {"sighting_id", "alert_id", "indicator", "match", "source", "event", "actors", "severity"} <= set(s) for s in sightings), sightings[:1])
check("indicator", all({"type", "value", "feeds", "first_seen", "last_seen", "confidence"} <= set(s["indicator"]) for s in sightings))
check("match", all({"value", "mode", "view", "line", "offset", "length"} <= set(s["match"]) for s in sightings))
check("modes", {s["match"]["mode"] for s in sightings} <= {"exact", "suffix", "cidr", "host", "prefix", "weak"})
check("views", {s["match"]["view"] for s in sightings} <= {"raw", "json", "percent", "refang", "utf16"})
check("severities", {s["severity"] for s in sightings} <= {"informational", "low", "medium", "high", "critical"})
def bytes_at(s):
    body = open(s["source"]["path"], "rb").read()
    found = body[s["match"]["offset"]:s["match"]["offset"] + s["match"]["length"]]
    # Of a secret its digest is all that is told.
    return f"sha256:{hashlib.sha256(found).hexdigest()}:{len(found)}".encode() if s["indicator"]["type"] == "secret" else found
check("offset and length are those of the matched bytes", all(
    s["match"]["view"] != "raw" or bytes_at(s).decode() == s["match"]["value"] for s in sightings))
def line_of(s): return open(s["source"]["path"], "rb").read()[:s["match"]["offset"]].count(b"\n") + 1
check("lines count from 1", all(s["match"]["line"] == line_of(s) for s in sightings))
actor = next(a for s in sightings for a in s["actors"] if a.get("raw") == "Jade Sleet")
check("the actor is the canonical one, with what the feed said",
      actor == {"id": "ta-tradertraitor", "name": "TraderTraitor", "status": "resolved", "raw": "Jade Sleet", "parents": ["ta-lazarus", "ta-rgb"]}, actor)
alerts = records("alerts")
check("alerts", alerts and all({"alert_id", "indicator", "asset", "count", "first_seen", "last_seen", "severity", "status", "actors", "feeds"} <= set(a) for a in alerts))
check("alert counts add up to the sightings", sum(a["count"] for a in alerts) == len(sightings), (sum(a["count"] for a in alerts), len(sightings)))
check("sightings name alerts that exist", {s["alert_id"] for s in sightings} == {a["alert_id"] for a in alerts})
sync = json.load(open(scratch + "/sync.json"))
check("summary of a sync", sync["command"] == "sync" and sync["exit"] == 3 and {"indicators", "bytes"} <= set(sync["index"])
      and all({"name", "status", "rows", "indicators", "rejected", "added", "withdrawn"} <= set(f) for f in sync["feeds"]), sync)
scan = json.load(open(scratch + "/scan.json"))
check("summary of a scan", scan["command"] == "scan" and scan["exit"] == 0 and scan["sightings"] == len(sightings) and scan["new_alerts"] == len(alerts)
      and {"files_read", "files_skipped", "bytes", "bytes_skipped", "lines", "suppressed", "seconds"} <= set(scan), scan)
checked = records("check")
check("feeds check: rows, then a summary", checked[-1]["kind"] == "summary" and {"rows", "indicators", "rejected", "format"} <= set(checked[-1])
      and all(r["kind"] in ("indicator", "rejected") for r in checked[:-1]) and sum(r["kind"] == "rejected" for r in checked) == checked[-1]["rejected"], checked[-1])
actors = records("actors")
check("the four names are one actor under Lazarus", {a["actor"] for a in actors} == {"ta-tradertraitor"} and all(a["parents"][0] == "ta-lazarus" for a in actors))
P
