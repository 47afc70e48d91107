# A log that a process stays with: new lines, and an index that takes the place of the one that was read first.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
list() { printf '%s\n' "$@" >list.txt; "$UKAI" index build --from list.txt --out x.ukx >/dev/null 2>&1; }
has_lines() { [ "$(wc -l <"$2")" -ge "$1" ]; } # has_lines NUMBER FILE
query() { printf 'query %s from 192.0.2.5\n' "$1" >>app.log; }

list evil-one.example; : >app.log
"$UKAI" scan --index x.ukx --no-store --json --follow app.log >out 2>err & follower=$!; servers+=("$follower")
query evil-one.example
wait_until has_lines 1 out && ok "a new line is matched" || not_ok "a new line is not matched: $(head -c 300 err)"
query evil-two.example; query evil-one.example
wait_until has_lines 2 out; same "what is not listed yet is not hit" 0 "$(grep -c evil-two.example out)"
list evil-one.example evil-two.example
wait_until has_lines 1 err && holds "a new index is taken, and said" "$(cat err)" "2 indicators" || not_ok "nothing was said of a new index"
query evil-two.example
wait_until has_lines 3 out && holds "what it lists is hit" "$(tail -n 1 out)" evil-two.example || not_ok "what it lists is not hit"
printf 'not an index' >broken; mv broken x.ukx
wait_until has_lines 2 err && holds "one that cannot be used is told" "$(cat err)" "index.not-an-index" || not_ok "nothing was said of a broken index"
query evil-two.example
wait_until has_lines 4 out && ok "and the one before stays in force" || not_ok "nothing is hit any more"
kill -TERM "$follower"; wait "$follower"; same "a signal ends it" 143 $?
same "each line was told once" 4 "$(wc -l <out)"
