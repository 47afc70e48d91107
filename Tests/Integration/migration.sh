# A store of the first schema is brought up to date, also by runs that are killed in the middle of it; a store of a newer one is left alone.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
export UKAI_RULES=$root/Rules UKAI_FEEDS=$root/Feeds
rounds=${UKAI_KILLS:-40} alerts=${UKAI_ALERTS:-20000}
[ -n "${UKAI_QUICK:-}" ] && rounds=8 alerts=5000

# The first schema as it was, and what must be true of it afterwards.
python3 - "$scratch" "$alerts" Tests/Fixtures/store/first-schema.sql <<'P' || { not_ok "the old store could not be made"; exit 1; }
import hashlib, json, os, sqlite3, sys
scratch, count, tables = sys.argv[1], int(sys.argv[2]), sys.argv[3]
os.makedirs(scratch + "/old", 0o700)
store = sqlite3.connect(scratch + "/old/alerts.sqlite")
store.executescript("PRAGMA synchronous = OFF;" + open(tables).read())
facts = []
for n in range(1, count + 1):
    id, value, asset, first = hashlib.md5(b"%d" % n).hexdigest(), "host-%d.bad.example" % (n % 500), "wks-%d" % (n // 500), 1778371200000000 + n * 1000000
    record = lambda k: json.dumps({
        "sighting_id": hashlib.md5(b"%d-%d" % (n, k)).hexdigest(), "alert_id": id,
        "indicator": {"type": "domain", "value": value, "feeds": ["list"], "confidence": 80},
        "match": {"value": value, "mode": "exact", "view": "raw", "line": n, "offset": n * 60, "length": len(value)},
        "source": {"path": "/var/log/dns.log", "name": "dns", "format": "plain"}, "event": {"host": asset, "raw": "line %d of %s" % (k, value)},
        "actors": [], "severity": "high"}, separators=(",", ":"))
    store.execute("INSERT INTO alert VALUES (?, ?, 'domain', ?, ?, ?, ?, ?, 3, ?, 1, ?, ?)",
                  (n, id, value, asset, 2, first, first + 5, "closed" if n % 7 == 0 else "new", first, record(0)))
    for k in range(2):
        store.execute("INSERT INTO sample VALUES (?, ?, ?, ?)", (n, k, first + k, record(k)))
        store.execute("INSERT INTO sighting VALUES (?, ?)", (hashlib.md5(b"%d-%d" % (n, k)).digest(), n))
    store.execute("INSERT INTO alert_label VALUES ('feed', 'list', ?)", (n,))
    if n % 7 == 0: store.execute("INSERT INTO status_change(alert, at, who, status, reason) VALUES (?, 5, 'ann', 'closed', 'scanner')", (n,))
    if n % 2: store.execute("INSERT INTO delivery VALUES ('file:/tmp/x', ?, 1, 5, NULL)", (n,))
    facts.append((id, value, asset, 2, "closed" if n % 7 == 0 else "new"))
store.commit()
open(scratch + "/expected", "w").write(repr(sorted(facts)))
P

facts() { # what the store in a directory says: 0 when it is whole and the same as ever
  UKAI_STATE=$1 "$UKAI" alerts list --json >"$scratch/list" 2>"$scratch/err" || { head -c 300 "$scratch/err"; return 1; }
  python3 - "$scratch" "$1/alerts.sqlite" <<'P'
import json, sqlite3, sys
alerts = map(json.loads, open(sys.argv[1] + "/list"))
found = sorted((a["alert_id"], a["indicator"]["value"], a["asset"], a["count"], a["status"]) for a in alerts)
store = sqlite3.connect(sys.argv[2])
whole = store.execute("PRAGMA integrity_check").fetchone()[0] == "ok" and not store.execute("PRAGMA foreign_key_check").fetchall()
rows = [store.execute("SELECT count(*) FROM " + table).fetchone()[0] for table in ("sighting", "sample", "alert_label", "status_change", "delivery")]
n = len(found)
expected = [2 * n, 2 * n, n, n // 7, (n + 1) // 2]
same = repr(found) == open(sys.argv[1] + "/expected").read()
if not (same and whole and rows == expected): sys.exit("same %s, whole %s, rows %s of %s" % (same, whole, rows, expected))
P
}

cp -r "$scratch/old" "$scratch/calm"
started=$(date +%s%N)
UKAI_STATE=$scratch/calm "$UKAI" alerts list --limit 1 >/dev/null 2>"$scratch/err" || not_ok "the old store is refused: $(head -c 300 "$scratch/err")"
spent=$((($(date +%s%N) - started) / 1000000))
echo "measured - $alerts alerts of the first schema brought up to date in $spent ms, $(du -m "$scratch/calm/alerts.sqlite" | cut -f1) MB"
facts "$scratch/calm" && ok "a store of the first schema keeps alerts, samples, history and deliveries" || not_ok "the migration lost or changed something"

killed=0 bad=0 round=0
while [ $killed -lt "$rounds" ] && [ $round -lt $((rounds * 4)) ]; do
  round=$((round + 1))
  rm -rf "$scratch/wild"
  cp -r "$scratch/old" "$scratch/wild"
  for _ in 1 2 3; do
    UKAI_STATE=$scratch/wild "$UKAI" alerts list --limit 1 >/dev/null 2>&1 &
    pid=$!
    moment=$((RANDOM % (spent + 50)))
    pause "$((moment / 1000)).$(printf "%03d" $((moment % 1000)))"
    kill -9 $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null
  done
  facts "$scratch/wild" || bad=$((bad + 1))
done
echo "measured - $killed kills that hit a migration or what follows it, in $round stores, $bad damaged"
same "kill -9 in the middle of a migration loses and doubles nothing" 0 $bad
[ "$killed" -ge "$rounds" ] && ok "at least $rounds kills hit" || not_ok "only $killed of $rounds kills hit a running process"

# What a newer ukai wrote is not touched.
cp -r "$scratch/calm" "$scratch/newer"
python3 -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("PRAGMA user_version = 99")' "$scratch/newer/alerts.sqlite"
before=$(sha256sum <"$scratch/newer/alerts.sqlite")
for command in "alerts list" "status" "export --to $scratch/out.ndjson"; do
  # shellcheck disable=SC2086
  UKAI_STATE=$scratch/newer "$UKAI" $command >/dev/null 2>"$scratch/err"
  same "'$command' refuses a store of a newer ukai" 78 $?
  grep -q "newer ukai" "$scratch/err" && grep -q "use the newer" "$scratch/err" && ok "and says what to do" || not_ok "it says: $(head -c 300 "$scratch/err")"
done
same "and leaves it as it is" "$before" "$(sha256sum <"$scratch/newer/alerts.sqlite")"
