# kill -9 at random moments of sync, scan and export: an undisturbed run afterwards must end where an undisturbed life would have.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
export UKAI_FEEDS=$scratch/Feeds UKAI_RULES=$root/Rules
rounds=${UKAI_KILLS:-60}
[ -n "${UKAI_QUICK:-}" ] && rounds=12

# Enough of everything that a kill lands in the middle: 20,000 indicators, 60,000 lines, every tenth a hit.
mkdir -p "$UKAI_FEEDS" "$scratch/logs"
python3 - "$scratch" <<'P'
import sys, os
d = sys.argv[1]
with open(d + "/list.txt", "w") as f:
    for i in range(20000): f.write("host-%d.bad%d.example\n" % (i, i % 97))
with open(d + "/Feeds/list.yaml", "w") as f:
    f.write("version: 1\nname: list\nurl: %s/list.txt\nformat: plain\nvalid-for: 3650d\n" % d)
for n in range(3):
    with open(d + "/logs/%d.log" % n, "w") as f:
        for i in range(20000):
            name = "host-%d.bad%d.example" % (i, i % 97) if i % 10 == 0 else "www-%d.good.example" % i
            f.write("2024-05-%02dT%02d:%02d:%02dZ resolver-%d query %s A\n" % (1 + i % 28, i % 24, i % 60, n, n, name))
P

life() { # life STATE OUT [kill]: one sync, scan, export; with kill, each is first killed at a random moment, twice
  export UKAI_STATE=$1
  local out=$2 kill=${3:-}
  local step
  for step in "sync --quiet --force" "scan --quiet $scratch/logs" "export --quiet --to $out --as jsonl"; do
    if [ -n "$kill" ]; then
      for _ in 1 2; do
        # shellcheck disable=SC2086
        "$UKAI" $step >/dev/null 2>&1 &
        local pid=$!
        pause "0.$(printf "%03d" $((RANDOM % 400)))"
        kill -9 $pid 2>/dev/null && killed=$((killed + 1))
        wait $pid 2>/dev/null
      done
    fi
    # shellcheck disable=SC2086
    "$UKAI" $step >/dev/null 2>"$scratch/err" || { not_ok "'ukai $step' after the kills: $(head -c 300 "$scratch/err")"; return 1; }
  done
}
facts() { # what must be equal in all lives: alerts with their counts, and the exported lines by id
  UKAI_STATE=$1 "$UKAI" alerts list --json | python3 -c '
import sys, json
print(sorted((a["indicator"]["value"], a["asset"], a["count"], a["first_seen"], a["last_seen"]) for a in map(json.loads, sys.stdin)).__repr__())' | sha256sum
  python3 - "$2" <<'P'
import sys, json
ids = [json.loads(l).get("alert_id") for l in open(sys.argv[1])]
print(len(ids), len(set(ids)))
P
}

killed=0
life "$scratch/calm" "$scratch/calm.jsonl" || exit 1
expected=$(facts "$scratch/calm" "$scratch/calm.jsonl")
bad=0 round=0
while [ "$killed" -lt "$rounds" ] && [ $round -lt $((rounds * 2)) ]; do
  round=$((round + 1))
  rm -rf "$scratch/wild" "$scratch/wild.jsonl"
  life "$scratch/wild" "$scratch/wild.jsonl" kill || { bad=$((bad + 1)); continue; }
  [ "$(facts "$scratch/wild" "$scratch/wild.jsonl")" = "$expected" ] || { bad=$((bad + 1)); echo "round $round: $(facts "$scratch/wild" "$scratch/wild.jsonl")"; }
done
echo "measured - $killed kills that hit a running ukai in $round lives, $bad lives with a loss or a double"
same "kill -9 loses and doubles nothing" 0 $bad
[ "$killed" -ge "$rounds" ] && ok "at least $rounds kills hit" || not_ok "only $killed of $rounds kills hit a running process"
