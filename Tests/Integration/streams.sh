# Streams and exit statuses, as cron, pipes and full disks meet them.
. "$(dirname "$0")/lib.sh"

"$UKAI" --help >"$scratch/help" 2>&1; same "help ends with 0" 0 $?
"$UKAI" --version >/dev/null; same "version ends with 0" 0 $?
"$UKAI" nonsense >/dev/null 2>&1; same "an unknown command ends with 64" 64 $?
"$UKAI" scan --no-such-flag >/dev/null 2>&1; same "an unknown flag ends with 64" 64 $?
"$UKAI" scan --jobs -1 --no-store "$0" >/dev/null 2>&1; same "--jobs -1 ends with 64" 64 $?
"$UKAI" scan --jobs 99999999999999999999 --no-store "$0" >/dev/null 2>&1; same "--jobs with 20 digits ends with 64" 64 $?
"$UKAI" normalize 192.0.2.1 >/dev/full 2>/dev/null; same "a full standard output ends with 74" 74 $?
"$UKAI" normalize 192.0.2.1 >&- 2>/dev/null; same "a closed standard output ends with 74" 74 $?
yes 192.0.2.1 | head -n 200000 | "$UKAI" normalize - 2>"$scratch/errors" | head -n 1 >/dev/null
same "a reader that leaves early is told nothing" "" "$(cat "$scratch/errors")"
"$UKAI" normalize "$(printf 'evil\xff.example')" >/dev/null 2>&1; same "an argument that is not UTF-8 ends with 64" 64 $?
same "one line out for each line in" 3 "$(printf 'a\n\n192.0.2.1\n' | "$UKAI" normalize --json - | wc -l)"
for shell in bash zsh fish; do
  "$UKAI" --generate-completion-script $shell >"$scratch/completion"; same "completions for $shell" 0 $?
done
"$UKAI" scan --no-store --index /nonexistent.ukx "$0" >/dev/null 2>&1; same "a missing index ends with 66" 66 $?
out=$("$UKAI" normalize "$(printf 'evil\033[31m.example')")
case $out in *$'\033'*) not_ok "escape sequences are made visible" ;; *) ok "escape sequences are made visible" ;; esac
env -i "$UKAI" normalize 192.0.2.1 >/dev/null; same "runs with an empty environment" 0 $?
