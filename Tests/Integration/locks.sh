# Cron starts a run while the last one still works.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
export UKAI_STATE=$scratch/state UKAI_FEEDS=$root/examples/heist/Feeds UKAI_RULES=$root/Rules
"$UKAI" sync --quiet >/dev/null 2>&1
lock=$(find "$UKAI_STATE" -name '*sync*lock*' | head -n 1)
if [ -z "$lock" ]; then not_ok "a sync leaves its lock file"; exit 0; fi
exec 9<>"$lock"
flock -n 9
"$UKAI" sync --quiet >/dev/null 2>"$scratch/err"; same "a second sync ends with 75" 75 $?
"$UKAI" scan --quiet examples/heist/logs >/dev/null 2>&1; same "a scan does not wait for a sync" 0 $?
exec 9<&-
"$UKAI" sync --quiet >/dev/null 2>&1; code=$?
case $code in 0 | 3) ok "the lock is free as soon as its holder is gone" ;; *) not_ok "sync ended with $code" ;; esac
pids=()
for n in 1 2 3 4; do "$UKAI" scan --quiet examples/heist/logs >/dev/null 2>"$scratch/scan.$n" & pids+=($!); done
worst=0
for pid in "${pids[@]}"; do wait "$pid" || worst=$?; done
same "four scans side by side" 0 $worst
same "files are ours alone" "" "$(find "$UKAI_STATE" \( -type f -perm /077 -o -type d -perm /077 \) | head -n 3)"
