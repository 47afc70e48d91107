# kill -9 at random moments of syncs whose feeds change each time: the set in force is always a whole one, old or new, and the next
# undisturbed sync ends where it would have ended without the kill. Nothing is left behind.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
mkdir -p Feeds
export UKAI_STATE=$scratch/state UKAI_FEEDS=$scratch/Feeds UKAI_RULES=$root/Rules
rounds=${UKAI_KILLS:-50}
[ -n "${UKAI_QUICK:-}" ] && rounds=10
for name in a b; do printf 'version: 1\nname: %s\nurl: ../%s.txt\nformat: plain\nwithdraw: at-once\n' "$name" "$name" >"Feeds/$name.yaml"; done
write() { # write ROUND: 3,000 values a feed, of which a tenth is new in every round
  python3 - "$1" <<'P'
import sys
r = int(sys.argv[1])
for feed in "ab":
    with open(feed + ".txt", "w") as out:
        for n in range(3000): out.write("%s-%d-%d.kill.example\n" % (feed, n, r if n % 10 == r % 10 else 0))
P
}
state_of_set() { "$UKAI" indicators list --type domain 2>/dev/null | cut -f2 | sort | sha256sum; }
want() { cat a.txt b.txt | sort | sha256sum; }
write 0
# Kills fall within the time that an undisturbed sync takes here, in milliseconds.
begun=$(date +%s%N)
"$UKAI" sync --quiet --force || not_ok "the first sync"
span=$((($(date +%s%N) - begun) / 1000000))
[ $span -ge 40 ] || span=40
[ $span -le 999 ] || span=999
killed=0 mixed=0 wrong=0 left=0 before=$(want)
for round in $(seq 1 $((rounds * 2))); do
  [ $killed -ge "$rounds" ] && break
  write "$round"
  "$UKAI" sync --quiet --force >/dev/null 2>&1 &
  pid=$!
  pause "0.$(printf "%03d" $((RANDOM % span)))"
  kill -9 $pid 2>/dev/null && killed=$((killed + 1))
  wait $pid 2>/dev/null
  # Each feed is whole: of each, either the old values or the new ones, never some of both.
  "$UKAI" indicators list --type domain --json >seen.jsonl 2>/dev/null
  python3 - "$round" <<'P' || mixed=$((mixed + 1))
import json, sys
seen = {json.loads(l)["value"] for l in open("seen.jsonl")}
for feed in "ab":
    new = set(open(feed + ".txt").read().split())
    ours = {v for v in seen if v.startswith(feed + "-")}
    if len(ours) != 3000: sys.exit(1)
P
  "$UKAI" index verify "$UKAI_STATE/indicators.ukx" >/dev/null 2>&1 || mixed=$((mixed + 1))
  "$UKAI" sync --quiet --force || wrong=$((wrong + 1))
  [ "$(state_of_set)" = "$(want)" ] || wrong=$((wrong + 1))
  left=$((left + $(find "$UKAI_STATE" -name '.tmp.*' -o -name '.ukai-tmp*' | grep -c .)))
done
echo "measured - $killed kills that hit a running sync in $round rounds"
same "no set was ever half old and half new, no index damaged" 0 $mixed
same "the next sync always ended where it should" 0 $wrong
same "nothing was left behind" 0 $left
same "three generations of two feeds and no more are kept" 6 "$(ls "$UKAI_STATE/spool" | grep -c .)"
[ $killed -ge "$rounds" ] && ok "at least $rounds kills hit" || not_ok "only $killed of $rounds kills hit a running sync"
