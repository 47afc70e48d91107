# kill -9 at random moments of an export to a receiver that also loses acknowledgements: nothing missing, nothing double.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-alerts.sh"
wanted=${UKAI_EXPORT_KILLS:-25}
[ -n "${UKAI_QUICK:-}" ] && wanted=6
export UKAI_RULES=$scratch/Rules
mkdir -p "$UKAI_RULES" "$scratch/server"
count=3000
make_alerts "$scratch/made" $count || { not_ok "alerts are made"; exit 0; }
port=$(free_port)
python3 "$(dirname "$0")/receivers/bulk_server.py" "$port" "$scratch/server" 2>/dev/null &
servers+=($!)
wait_until port_open "$port" || { not_ok "the receiver starts"; exit 0; }
killed=0 bad=0 life=0
while [ $killed -lt "$wanted" ] && [ $life -lt $((wanted * 3)) ]; do
  life=$((life + 1))
  rm -rf "$scratch/life"; cp -a "$scratch/made" "$scratch/life"
  export UKAI_STATE=$scratch/life
  # Another index each life: the receiver forgets nothing.
  printf 'version: 1\ndestinations:\n  elastic: {to: "http://127.0.0.1:%s/life-%s/_bulk", as: bulk, tries: 8, longest-wait: 0s, timeout: 5s, batch: 50}\n' "$port" "$life" >"$UKAI_RULES/destinations.yaml"
  python3 - "$scratch/server" <<'P'
import sys, random
open(sys.argv[1] + "/script", "w").write("\n".join(random.choice(["ok", "ok", "ok", "drop-ack", "busy-items", "garble", "503"]) for _ in range(40)))
P
  for _ in 1 2 3; do
    "$UKAI" export --quiet --to elastic >/dev/null 2>&1 &
    pid=$!
    pause "0.$(printf '%03d' $((RANDOM % 350)))"
    kill -9 $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null
  done
  # A run that the receiver tried beyond its patience says so in its summary; the next one goes on.
  for _ in 1 2 3 4 5 6; do
    "$UKAI" export --quiet --to elastic --summary "$scratch/summary" >/dev/null 2>"$scratch/err"
    code=$?
    grep -q '"error"' "$scratch/summary" || break
  done
  # The poison is refused once; a run after that has nothing left to do.
  [ $code -eq 0 ] && code=3
  [ $code -eq 3 ] || { bad=$((bad + 1)); echo "life $life ended with $code: $(head -c 200 "$scratch/err")"; }
done
# In each life each alert was taken exactly once, the poison never.
result=$(python3 - "$scratch/server/taken" <<'P'
import sys, json, collections
lives = collections.defaultdict(collections.Counter)
for line in open(sys.argv[1], encoding="utf-8"):
    record = json.loads(line)
    lives[record["path"]][record["id"]] += 1
print(*sorted({(len(seen), max(seen.values())) for seen in lives.values()}))
P
)
echo "measured - $killed kills over $life lives of an export"
same "every life ends in a whole export" 0 $bad
same "everything arrived, nothing twice" "($((count - 1)), 1)" "$result"
[ $killed -ge "$wanted" ] && ok "at least $wanted kills hit" || not_ok "only $killed of $wanted kills hit a running export"
