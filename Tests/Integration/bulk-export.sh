# Export over HTTP to a receiver that loses acknowledgements, fails single items, is busy, too small, silent and confused: nothing may
# be missing at the end, and nothing double where the receiver knows an alert by its id.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-alerts.sh"
count=${UKAI_BULK_ALERTS:-10000}
[ -n "${UKAI_QUICK:-}" ] && count=1500
export UKAI_STATE=$scratch/state UKAI_RULES=$scratch/Rules
mkdir -p "$UKAI_RULES" "$scratch/server"
make_alerts "$UKAI_STATE" "$count" || { not_ok "alerts are made"; exit 0; }
same "every line is an alert" "$count" "$("$UKAI" alerts list --json | wc -l | tr -d ' ')"

port=$(free_port)
python3 "$(dirname "$0")/receivers/bulk_server.py" "$port" "$scratch/server" 2>"$scratch/server.err" &
servers+=($!)
wait_until port_open "$port" || { not_ok "the receiver starts: $(head -c 300 "$scratch/server.err")"; exit 0; }
cat >"$UKAI_RULES/destinations.yaml" <<Y
version: 1
destinations:
  elastic: {to: "http://127.0.0.1:$port/ukai/_bulk", as: bulk, tries: 6, longest-wait: 1s, timeout: 2s, batch: 200, auth: {api-key: "\${env:BULK_KEY}"}}
  splunk: {to: "http://127.0.0.1:$port/services/collector/event", as: hec, tries: 4, longest-wait: 0s, timeout: 20s, auth: {header: Authorization, value: "Splunk \${env:HEC_TOKEN}"}}
  plain: {to: "http://127.0.0.1:$port/lines", as: ecs, tries: 2, longest-wait: 0s, timeout: 20s, min-severity: low}
Y
chmod 600 "$UKAI_RULES/destinations.yaml"
export BULK_KEY=bulk-s3cret HEC_TOKEN=hec-s3cret

say_script() { printf '%s\n' "$@" >"$scratch/server/script"; }
taken() { python3 - "$scratch/server/taken" <<'P'
import sys, json, collections
seen = collections.Counter()
for line in open(sys.argv[1], encoding="utf-8"): seen[json.loads(line)["id"]] += 1
print(len(seen), sum(seen.values()) - len(seen))
P
}
export_to() { "$UKAI" export --quiet --summary "$scratch/summary" --to "$@" >"$scratch/out" 2>"$scratch/err"; }
field() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1])).get(sys.argv[2]))' "$scratch/summary" "$1"; }

# Credentials that are refused stop this destination alone.
echo "ApiKey other" >"$scratch/server/authorization"
export_to elastic; same "refused credentials end with 77" 77 $?
same "… with nothing taken" 0 "$(wc -l <"$scratch/server/taken" | tr -d ' ')"
"$UKAI" export --quiet --to elastic --to "$scratch/side.jsonl" --as jsonl >/dev/null 2>&1; same "another destination goes on" 3 $?
same "… and has everything" "$count" "$(wc -l <"$scratch/side.jsonl" | tr -d ' ')"
rm "$scratch/server/authorization"

# Everything that goes wrong, all in one run.
say_script drop-ack ok 429 garble 503 busy-items ok hang drop-ack 413 ok busy-items garble
export_to elastic; code=$?
same "the run ends with 3: one alert is poison" 3 $code
same "all but the poison are there, none twice" "$((count - 1)) 0" "$(taken)"
same "the poison is refused" 1 "$(field refused)"
"$UKAI" export --to elastic --refused >"$scratch/letters" 2>/dev/null
holds "the dead letter has the receiver's reason" "$(cat "$scratch/letters")" "document_parsing_exception: failed to parse"
"$UKAI" status --json >"$scratch/status" 2>/dev/null
holds "status counts it" "$(cat "$scratch/status")" '"waiting":0,"refused":1'
export_to elastic; same "a second export sends nothing" 0 $?
same "… and delivers nothing" 0 "$(field delivered)"
"$UKAI" export --quiet --to elastic --replay-refused --summary "$scratch/summary" >/dev/null 2>&1; same "a replay that is refused again ends with 3" 3 $?
same "all the same, none twice" "$((count - 1)) 0" "$(taken)"
same "every request carried the key" 0 "$(grep _bulk "$scratch/server/requests" | grep -vc "ApiKey bulk-s3cret")"

# A long Retry-After is left to a later run.
id=$(python3 -c 'import json,sys; print(json.loads(open(sys.argv[1]).readline())["alert_id"])' "$scratch/side.jsonl")
"$UKAI" alerts close "$id" --reason "known test" >/dev/null
say_script 429-long
export_to elastic; same "a receiver that asks for a quarter of an hour ends the run with 69" 69 $?
export_to elastic; same "… and is left alone meanwhile" 3 $?
holds "status says until when" "$("$UKAI" status --json)" '"not_before"'
same "the backlog is one" 1 "$("$UKAI" status --json | python3 -c 'import json,sys; print([d["waiting"] for d in json.load(sys.stdin)["destinations"] if "_bulk" in d["destination"]][0])')"

# Splunk and plain bodies: the poison is found by halving.
: >"$scratch/server/taken"
export_to splunk; same "HEC: one alert is poison" 3 $?
same "HEC: all others are there" "$((count - 1))" "$(wc -l <"$scratch/server/taken" | tr -d ' ')"
same "HEC: the poison is refused" 1 "$(field refused)"
: >"$scratch/server/taken"
export_to plain; same "plain bodies: one alert is poison" 3 $?
same "plain bodies: all others are there" "$((count - 1))" "$(wc -l <"$scratch/server/taken" | tr -d ' ')"

# Secrets are nowhere.
same "no secret in outputs or state" "" "$(grep -rl -e bulk-s3cret -e hec-s3cret "$scratch/out" "$scratch/err" "$scratch/summary" "$scratch/letters" "$scratch/status" "$UKAI_STATE" 2>/dev/null)"
