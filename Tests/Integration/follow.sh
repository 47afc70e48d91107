# A log that a process stays with: new lines, and an index that takes the place of the one that was read first.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
list() { printf '%s\n' "$@" >list.txt; "$UKAI" index build --from list.txt --out x.ukx >/dev/null 2>&1; }
lines() { # lines NUMBER FILE: whether a file comes to have so many within a while
  local turn; for turn in $(seq 150); do [ "$(wc -l <"$2")" -ge "$1" ] && return 0; sleep 0.1; done; return 1
}
list evil-one.example; : >app.log
"$UKAI" scan --index x.ukx --no-store --json --follow app.log >out 2>err & follower=$!; servers+=("$follower")
echo 'query evil-one.example from 192.0.2.5' >>app.log
lines 1 out && ok "a new line is matched" || not_ok "a new line is not matched: $(head -c 300 err)"
echo 'query evil-two.example from 192.0.2.5' >>app.log; sleep 1.5
same "what is not listed yet is not hit" 1 "$(wc -l <out)"
list evil-one.example evil-two.example
lines 1 err && holds "a new index is taken, and said" "$(cat err)" "2 indicators" || not_ok "nothing was said of a new index"
echo 'query evil-two.example from 192.0.2.6' >>app.log
lines 2 out && holds "what it lists is hit" "$(tail -n 1 out)" evil-two.example || not_ok "what it lists is not hit"
printf 'not an index' >broken; mv broken x.ukx
lines 2 err && holds "one that cannot be used is told" "$(cat err)" "index.not-an-index" || not_ok "nothing was said of a broken index"
echo 'query evil-two.example from 192.0.2.7' >>app.log
lines 3 out && ok "and the one before stays in force" || not_ok "nothing is hit any more"
kill -TERM "$follower"; wait "$follower"; same "a signal ends it" 143 $?
same "each line was told once" 3 "$(wc -l <out)"
