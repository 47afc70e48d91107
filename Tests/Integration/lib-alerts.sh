# Shared by the scripts about alerts: a state with as many alerts as asked for. Sourced after lib.sh, never run.

# make_alerts STATE COUNT [HOSTILE-FILE]: scans a made log of COUNT lines, each an alert of its own; a line of HOSTILE-FILE, if given,
# stands in each line's user agent.
make_alerts() {
  local state=$1 count=$2 hostile=${3:-}
  mkdir -p "$state.in/Feeds"
  python3 - "$state.in" "$count" "$hostile" <<'P'
import sys
directory, count, hostile = sys.argv[1], int(sys.argv[2]), sys.argv[3]
texts = open(hostile, encoding="utf-8").read().split("\n") if hostile else []
with open(directory + "/values.txt", "w") as values, open(directory + "/dns.log", "w", encoding="utf-8", newline="\n") as log:
    for i in range(count):
        values.write("host-%d.bad.example\n" % i)
        text = texts[i % len(texts)] if texts else ("POISON" if i == count // 2 else "-")
        log.write("2026-05-%02dT%02d:%02d:%02dZ wks-%d resolver: query host-%d.bad.example A %s\n" % (1 + i % 28, i % 24, i % 60, i % 60, i % 40, i, text))
P
  "$UKAI" index build --from "$state.in/values.txt" --out "$state.in/values.ukx" >/dev/null 2>"$scratch/index-err" || { cat "$scratch/index-err"; return 1; }
  UKAI_STATE=$state UKAI_FEEDS=$state.in/Feeds UKAI_RULES=${UKAI_RULES:-$root/Rules} "$UKAI" scan --quiet --index "$state.in/values.ukx" "$state.in/dns.log" >/dev/null 2>"$scratch/scan-err"
  local code=$?
  [ $code -eq 0 ] || { cat "$scratch/scan-err"; return 1; }
}
