# Severity from end to end: each part of the score changes what a scan says, and `alerts show` explains it so that a person can do the sum again.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
export UKAI_STATE=$scratch/state UKAI_FEEDS=$scratch/Feeds UKAI_RULES=$scratch/Rules
mkdir -p Feeds Rules logs
cat >Rules/scoring.yaml <<'Y'
decay:
  ipv4: {half-life: 30d, floor: 0.25}
  domain: {half-life: 100d, floor: 0.1}
Y
cat >one.csv <<'C'
value,last_seen
fresh.bad.example,2026-05-31
month.bad.example,2026-02-21
ancient.bad.example,2023-01-01
both.bad.example,2026-05-31
203.0.113.9,2026-05-31
203.0.113.10,2026-05-01
C
printf 'both.bad.example\n' >two.txt
printf 'version: 1\nname: one\nurl: ../one.csv\nformat: csv\nconfidence: 60\nvalid-for: 3650d\nmap: {value: {column: value}, last-seen: {column: last_seen}}\n' >Feeds/one.yaml
printf 'version: 1\nname: two\nurl: ../two.txt\nformat: plain\nconfidence: 50\nvalid-for: 3650d\n' >Feeds/two.yaml
"$UKAI" sync --quiet --summary sync.json 2>err; same "the feeds are in" 6 "$(index_size sync.json)"
line() { printf '{"@timestamp":"2026-06-01T%s:00Z","host":{"name":"%s"},"src_ip":"%s","dest_ip":"%s","action":"%s","query":"%s"}\n' "$@"; }
{
  line 10:00 wks-1 10.0.0.1 198.51.100.1 allowed fresh.bad.example
  line 10:01 wks-1 10.0.0.1 198.51.100.1 allowed month.bad.example
  line 10:02 wks-1 10.0.0.1 198.51.100.1 allowed ancient.bad.example
  line 10:03 wks-1 10.0.0.1 198.51.100.1 allowed both.bad.example
  line 10:04 wks-2 10.0.0.2 198.51.100.1 blocked fresh.bad.example
  line 10:05 wks-3 10.0.0.3 198.51.100.1 allowed deep.under.fresh.bad.example
  line 10:06 wks-4 10.0.0.4 203.0.113.9 allowed -
  line 10:07 wks-4 10.0.0.4 203.0.113.10 allowed -
  line 10:08 srv-1 203.0.113.9 192.168.7.7 blocked -
} >logs/flow.jsonl
"$UKAI" scan --json logs >sightings 2>err; same "a scan with hits ends with 0" 0 $?
python3 - <<'P'
import json
def check(name, fine, seen=""): print(("ok - " if fine else "not ok - ") + name + ("" if fine else ": " + repr(seen)[:600]))
by = {(s["indicator"]["value"], s["event"].get("host")): s for s in map(json.loads, open("sightings"))}
def points(value, host): return by[value, host]["score"]["points"]
def part(value, host, name): return next((p for p in by[value, host]["score"]["parts"] if p["name"] == name), None)
fresh, month, ancient, both = (points(v + ".bad.example", "wks-1") for v in ("fresh", "month", "ancient", "both"))
check("what was last seen long ago says less", fresh > month > ancient > 0, (fresh, month, ancient))
factor = (part("month.bad.example", "wks-1", "decay") or {}).get("factor", 0)
check("a hundred days are a half-life", abs(factor - 0.5) < 0.005, factor)
check("decay stops at its floor", abs((part("ancient.bad.example", "wks-1", "decay") or {}).get("factor", 0) - 0.1) < 1e-9, part("ancient.bad.example", "wks-1", "decay"))
check("two feeds say more than one (noisy-or: 60 and half of 50 are 70)", by["both.bad.example", "wks-1"]["indicator"]["confidence"] == 70 and both > fresh, (both, fresh))
check("blocked says less than allowed", points("fresh.bad.example", "wks-2") < fresh, points("fresh.bad.example", "wks-2"))
check("below it says less than itself", points("fresh.bad.example", "wks-3") < fresh, points("fresh.bad.example", "wks-3"))
outbound, inbound = points("203.0.113.9", "wks-4"), points("203.0.113.9", "srv-1")
check("an inbound scan that was blocked is no outbound connection that was allowed", inbound * 2 < outbound, (inbound, outbound))
check("an address fades by its own half-life", abs((part("203.0.113.10", "wks-4", "decay") or {}).get("factor", 0) - 0.489) < 0.02, part("203.0.113.10", "wks-4", "decay"))
for key, s in by.items():
    product = 1.0
    for p in s["score"]["parts"]: product *= float(p["value"]) if p["name"] == "confidence" else p["factor"]
    if abs(min(100, product) - s["score"]["points"]) > 0.51: check("the parts of %s make its points" % (key,), False, (product, s["score"]))
check("the parts make the points", True)
P

# A later sighting that weighs more raises the alert, is kept, and is what show explains.
{ for i in 1 2 3 4 5 6 7 8; do line "11:0$i" wks-9 10.0.0.9 198.51.100.1 blocked fresh.bad.example; done; line 11:30 wks-9 10.0.0.9 198.51.100.1 allowed fresh.bad.example; } >logs/later.jsonl
"$UKAI" scan --quiet logs >/dev/null 2>err
id=$("$UKAI" alerts list --json --asset 10.0.0.9 | python3 -c 'import json,sys; print(json.loads(sys.stdin.readline())["alert_id"])')
"$UKAI" alerts show "$id" >shown; "$UKAI" alerts show --json "$id" >shown.json
holds "the sighting that raised it is explained" "$(cat shown)" "Score of the sighting that raised it, logs/later.jsonl:9: "
python3 - <<'P'
import json
def check(name, fine, seen=""): print(("ok - " if fine else "not ok - ") + name + ("" if fine else ": " + repr(seen)[:600]))
alert = json.load(open("shown.json"))
kept = {s["sighting_id"]: s for s in alert["sightings"]}
check("the first five and the one that raised it are kept", len(kept) == 6 and alert["count"] == 9, (len(kept), alert["count"]))
check("the severity is that of the sighting named", kept[alert["severity_from"]["sighting_id"]]["severity"] == alert["severity"], alert["severity_from"])
for s in kept.values():
    body = open(s["source"]["path"], "rb").read()
    match = s["match"]
    if body[match["offset"]:match["offset"] + match["length"]].decode() != match["value"]: check("bytes of a sighting", False, s)
listing = alert["listings"][0]
check("which row of which feed, from where, read when", listing["feed"] == "one" and listing["line"] == 2 and listing["url"].endswith("one.csv") and listing["read_at"] and listing["last_seen"].startswith("2026-05-31"), listing)
import datetime
found = datetime.datetime.fromisoformat(alert["found_at"].replace("Z", "+00:00"))
check("when a scan found it", abs((datetime.datetime.now(datetime.timezone.utc) - found).total_seconds()) < 900, alert["found_at"])
P
for word in "bytes " "field query" "rule: " "one, row 2" "one.csv" "body read" "confidence 60 over one feed" "× 0.5 for outcome: blocked" "found by a scan"; do holds "show says '$word'" "$(cat shown)" "$word"; done

# The same logs in other batches and with other workers: the same alerts, severities and versions.
facts() { "$UKAI" export --to - --as jsonl | python3 -c 'import json,sys; print(sorted((a["alert_id"], a["severity"], a["count"], a["version"]) for a in map(json.loads, sys.stdin)))' | sha256sum; }
expected=$(facts)
UKAI_STATE=$scratch/other; "$UKAI" sync --quiet 2>/dev/null; "$UKAI" scan --quiet --jobs 4 logs >/dev/null 2>&1
same "four workers judge as one in two runs did" "$expected" "$(facts)"
