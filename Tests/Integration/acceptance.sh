# What a body must be to come into force: every way in which feeds die with HTTP 200 leaves the last good set, says why, and how to accept.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
mkdir -p Feeds
export UKAI_STATE=$scratch/state UKAI_FEEDS=$scratch/Feeds UKAI_RULES=$root/Rules
summary=$scratch/summary.json
sync() { "$UKAI" sync --force --quiet --summary "$summary" "$@" >out 2>err; }
names() { for i in $(seq "$1" "$2"); do echo "host-$i.bad.example"; done; }
good() { { echo "# Last updated: 2026-11-20 10:00:00 UTC"; echo "# of publisher.example"; names 1 200; } >list.txt; }
printf 'version: 1\nname: list\nurl: ../list.txt\nformat: plain\nguard: {minimum-rows: 5, contains: publisher.example}\n' >Feeds/list.yaml
good; sync; same "the good set is in" 200 "$(index_size "$summary")"

# What `feeds check` says of the body before a sync is asked: VERDICT REASON STATUS.
checked() {
  "$UKAI" feeds check list --json >checked 2>/dev/null; local status=$?
  tail -n 1 checked | python3 -c 'import json,sys; s=json.load(sys.stdin); print(s["verdict"], s.get("reason", "-"), sys.argv[1])' $status
}
same "a check of the body in force says so" "unchanged - 0" "$(checked)"
good; names 201 210 >>list.txt; same "a check of a grown body says that it would be taken" "accepted - 0" "$(checked)"
holds "and what would come and go" "$(tail -n 1 checked)" "0 of 200 values in force would leave, 10 come"

refused() { # refused NAME REASON: list.txt holds the new body
  same "a check says beforehand that $1 is refused" "refused $2 65" "$(checked)"
  sync; same "$1 ends with 65" 65 $?
  same "$1 is refused as $2" "$2" "$(fact_of "$summary" list reason)"
  same "$1 leaves the set in force" 200 "$(index_size "$summary")"
}
body() { printf '%s' "$1" >list.txt; }
body ""; refused "an empty body" empty
body "# of publisher.example
# Last updated: 2026-11-21 10:00:00 UTC
"; refused "a header only" empty
body "$(printf '# of publisher.example\ndomain\n')"; refused "the name of a column only" empty
body "<html><head><title>publisher.example is down</title></head></html>"; refused "an error page" html
body '{"error": "publisher.example says: too many requests"}'; sync; same "an error in JSON ends with 65" 65 $?; same "and leaves the set" 200 "$(index_size "$summary")"
{ echo "# publisher.example"; names 1 80; } >list.txt; refused "a shrunk body" shrunk
{ echo "# publisher.example"; names 1 1100; } >list.txt; refused "an exploded body" grown
{ echo "# publisher.example"; names 1001 1200; } >list.txt; refused "a swapped body" churned
{ echo "# Last updated: 2026-10-01 10:00:00 UTC"; echo "# publisher.example"; names 1 200; } >list.txt; refused "a body that was rolled back" older
names 1 200 >list.txt; refused "a body without the sentinel" sentinel-missing
{ echo "# publisher.example"; names 1 200; for i in $(seq 20); do echo "?? $i !!"; done; } >list.txt; refused "a body of which a tenth is not understood" unparsed
head -c 3000 /dev/urandom >list.txt; sync; same "random bytes end with 65" 65 $?; same "and leave the set" 200 "$(index_size "$summary")"
{ echo "# publisher.example"; names 1 200; } | gzip -c | head -c 300 >list.txt; sync; same "a cut archive ends with 65" 65 $?; same "and leaves the set" 200 "$(index_size "$summary")"
holds "the refusal says how to accept" "$(body x; { echo "# publisher.example"; names 1 80; } >list.txt; sync; cat err)" "--accept-change list"
holds "status names the feed and the reason" "$("$UKAI" status 2>/dev/null)" "below 50%"
holds "a check says for people how to accept" "$("$UKAI" feeds check list 2>/dev/null)" "if the change is real: ukai sync --accept-change list"
same "and stores nothing" 200 "$("$UKAI" feeds list --json 2>/dev/null | python3 -c 'import json,sys; print(json.load(sys.stdin)["indicators"])')"
sync --accept-change list; same "a person accepts the shrunk body" updated "$(fact_of "$summary" list status)"

# The same content in three syncs over a day is believed; an empty one never. The clock is moved by the test.
if command -v faketime >/dev/null; then
  rm -rf state; good; at() { faketime -f "@$1" "$UKAI" sync --force --quiet --summary "$summary" >out 2>err; }
  at "2026-11-20 11:00:00"; { echo "# publisher.example"; names 1 80; } >list.txt
  at "2026-11-20 12:00:00"; at "2026-11-20 18:00:00"; at "2026-11-21 11:00:00"
  same "seen four times in 23 hours it is still refused" kept "$(fact_of "$summary" list status)"
  at "2026-11-21 12:30:00"; same "after a day the same content is believed" updated "$(fact_of "$summary" list status)"
  : >list.txt; at "2026-11-22 12:00:00"; at "2026-11-23 00:00:00"; at "2026-11-23 13:00:00"; at "2026-11-24 13:00:00"
  same "an empty body is never believed" kept "$(fact_of "$summary" list status)"
  same "and the set stays" 200 "$(index_size "$summary")"
  at "2026-11-25 13:00:00"; holds "a feed without success for long is named as stale" "$(cat err)" "stale"
  faketime -f "@2026-11-25 14:00:00" "$UKAI" status >status 2>/dev/null; same "and status asks for attention (3)" 3 $?
  holds "with its name" "$(cat status)" "list: stale"
  # A clock that was set back by fifty years, and forward: nothing runs out at once, nothing is fetched for ever.
  good; at "2026-11-26 10:00:00"; at "1976-11-26 10:00:00"; same "a clock far in the past loses nothing" 200 "$(index_size "$summary")"
else
  skip "confirmation over a day" "faketime is not installed"
fi

# Withdrawal, history, revival.
rm -rf state Feeds/*
printf 'version: 1\nname: now\nurl: ../now.txt\nformat: plain\nwithdraw: at-once\n' >Feeds/now.yaml
printf 'version: 1\nname: ageing\nurl: ../ageing.txt\nformat: plain\nvalid-for: 30d\nconfidence: 60\n' >Feeds/ageing.yaml
names 1 3 >now.txt; names 3 5 >ageing.txt; sync; same "two feeds of five values" 5 "$(index_size "$summary")"
confidence() { "$UKAI" lookup --json "$1" | python3 -c 'import json,sys; print(json.load(sys.stdin)["matches"][0]["indicator"]["confidence"])'; }
same "one feed alone keeps its confidence" 60 "$(confidence host-4.bad.example)"
same "two feeds make one more sure (noisy-or)" 70 "$(confidence host-3.bad.example)"
names 2 3 >now.txt; names 3 4 >ageing.txt; sync
holds "what left a feed at once has expired" "$("$UKAI" lookup --json host-1.bad.example)" '"status":"expired"'
holds "what left an ageing feed still matches" "$("$UKAI" lookup --json host-5.bad.example)" '"status":"match"'
holds "history says that it was listed today" "$("$UKAI" lookup --json --on "$(date -u +%F)" host-1.bad.example)" '"listed_by":["now"]'
holds "and that it was not last year" "$("$UKAI" lookup --json --on "$(($(date -u +%Y) - 1))-06-01" host-1.bad.example)" '"status":"not-listed"'
names 1 3 >now.txt; sync; holds "what comes back is in force again" "$("$UKAI" lookup --json host-1.bad.example)" '"status":"match"'
holds "with its first spell kept" "$("$UKAI" lookup --json host-1.bad.example)" '"past":[{"feed":"now"'

# Warninglists and the least that an indicator must say, counted and explained.
rm -rf state Feeds/*; printf 'version: 1\nname: mixed\nurl: ../mixed.txt\nformat: plain\n' >Feeds/mixed.yaml
printf '8.8.8.8\ngoogle.com\n0.0.0.0/0\n::/0\n10.0.0.0/8\n127.0.0.1\ncom\nco.uk\nd41d8cd98f00b204e9800998ecf8427e\n0x000000000000000000000000000000000000dead\n203.0.113.8\nbad-name.example\n' >mixed.txt
sync --accept-change mixed; same "only two of twelve may be indicators" 2 "$(index_size "$summary")"
holds "each refusal is counted by its reason" "$(python3 -c 'import json; print(json.load(open("summary.json"))["feeds"][0]["reasons"])')" "too-wide"
holds "lookup says who keeps it out" "$("$UKAI" lookup 8.8.8.8)" "allowlisted by public DNS resolvers"
holds "a flagged one is in, with the list's name" "$("$UKAI" lookup --json 203.0.113.8)" "warninglist:documentation networks"
# A definition that was broken by its editor does not empty the feed.
sed -i 's/format: plain/format: jsonl/' Feeds/mixed.yaml; sync
same "a definition that reads nothing keeps what was read" kept "$(fact_of "$summary" mixed status)"
same "and the set" 2 "$(index_size "$summary")"

# A body that takes more time than the run has: its own last set stays, and the others have their turn first.
rm -rf state Feeds/*; printf 'version: 1\nname: long\nurl: ../long.txt\nformat: plain\nguard: {grow: 100000%%}\n' >Feeds/long.yaml
printf 'version: 1\nname: short\nurl: ../short.txt\nformat: plain\n' >Feeds/short.yaml
names 1 30 >long.txt; names 31 40 >short.txt; sync; same "both are in" 40 "$(index_size "$summary")"
awk 'BEGIN { for (i = 0; i < 2000000; i++) printf "host-%d.worse.example\n", i }' >long.txt; names 31 41 >short.txt
before=$SECONDS; sync --deadline 1; same "a body that is not read in time: 3" 3 $?; took=$((SECONDS - before))
[ $took -le 4 ] && ok "the run ended at its deadline" || not_ok "the run with a deadline of 1 s took $took s"
same "and says so" "failed deadline updated" "$(fact_of "$summary" long status) $(fact_of "$summary" long reason) $(fact_of "$summary" short status)"
same "the set of before stays in force" 41 "$(index_size "$summary")"
holds "it says what to do" "$(cat err)" "--deadline"
