# A JSON source that is asked for what is new alone (`json: {since: …}`): what it does not mention stays, the bookmark moves with the commit.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
mkdir -p Feeds
export UKAI_STATE=$scratch/state UKAI_FEEDS=$scratch/Feeds UKAI_RULES=$root/Rules
summary=$scratch/summary.json
sync() { : >asked; "$UKAI" sync --force --quiet --summary "$summary" "$@" >"$scratch/out" 2>"$scratch/err"; }
# pulses FIRST LAST DAY: writes pulses FIRST to LAST, two names each, changed on that day of November; the others stay as they are.
pulses() {
  python3 - "$@" <<'P'
import json, os, sys
first, last, day = map(int, sys.argv[1:4])
mark = sys.argv[4] if len(sys.argv) > 4 else ""
known = {p["id"]: p for p in json.load(open("pulses.json"))} if os.path.exists("pulses.json") else {}
for n in range(first, last + 1):
    known["p%d" % n] = {"id": "p%d" % n, "modified": "2026-11-%02dT10:%02d:00.500000" % (day, n % 60), "indicators": [{"indicator": "%sp%d-%d.since.example" % (mark, n, k), "type": "domain"} for k in range(2)]}
json.dump(list(known.values()), open("pulses.json", "w"))
P
}
port=$(free_port)
pulses 1 25 1
start_server "$port" python3 "$root/Tests/Integration/servers/modified_since.py" "$port" "$scratch" || { not_ok "the server starts"; exit 0; }
cat >Feeds/otx.yaml <<Y
version: 1
name: otx
url: http://127.0.0.1:$port/pulses?limit=10&modified_since=2020-01-01
format: json
allow-private: true
withdraw: at-once
guard: {minimum-rows: 5}
json: {records: "\$.results[*]", next: "\$.next", since: {query: modified_since, time: modified, id: id}}
map: {value: {path: "indicators[*].indicator", type: {path: "indicators[*].type"}}}
Y
sync; same "the first reading ends with 0" 0 $?
same "all pages are in" 50 "$(index_size "$summary")"
same "asked from where the feed file says" "limit=10&modified_since=2020-01-01" "$(head -n 1 asked)"
sync; same "nothing new is unchanged" unchanged "$(fact_of "$summary" otx status)"
same "and costs one question, from a second before the newest record" "limit=10&modified_since=2026-11-01T10%3A24%3A59" "$(cat asked)"

pulses 26 27 2; pulses 3 3 3 new-
sync; same "what is new ends with 0" 0 $?
same "and is joined with what was there; a changed record replaces its old one" 54 "$(index_size "$summary")"
same "in one question" 1 "$(grep -c . asked)"
"$UKAI" indicators list >listed 2>/dev/null
same "the old version is gone, the new one and what was not mentioned are there" "0 2 2" "$(for n in p3 new-p3 p1; do grep -c "	$n-.*since.example" listed; done | xargs)"

# A page that is missing moves nothing.
pulses 30 45 4; touch fail
sync; same "a missing page fails the reading" failed "$(fact_of "$summary" otx status)"
same "and leaves the set" 54 "$(index_size "$summary")"
rm fail; sync; same "the next reading asks from the same place" "limit=10&modified_since=2026-11-03T10%3A02%3A59" "$(head -n 1 asked)"
same "and has all" 86 "$(index_size "$summary")"

# What is refused moves nothing.
cp pulses.json good.json
python3 -c '
import json
known = json.load(open("pulses.json"))
for n in range(100, 900): known.append({"id": "f%d" % n, "modified": "2026-11-05T10:00:00.500000", "indicators": [{"indicator": "f%d.since.example" % n, "type": "domain"}]})
json.dump(known, open("pulses.json", "w"))'
sync; same "a flood is refused" grown "$(fact_of "$summary" otx reason)"
cp good.json pulses.json; sync; same "and the bookmark stays where it was" "limit=10&modified_since=2026-11-04T10%3A44%3A59" "$(head -n 1 asked)"
same "with the set" 86 "$(index_size "$summary")"

"$UKAI" sync --quiet --rollback otx >/dev/null 2>&1
same "a rollback goes back to the set before" 54 "$("$UKAI" indicators list 2>/dev/null | grep -c since.example)"
sync; same "and to its bookmark" "limit=10&modified_since=2026-11-03T10%3A02%3A59" "$(head -n 1 asked)"
