# Feeds over HTTP and HTTPS from a real nginx on loopback: conditional requests, compression, outages, error pages, redirects.
. "$(dirname "$0")/lib.sh"
command -v nginx >/dev/null || { skip "feeds over nginx" "nginx is not installed"; exit 0; }
command -v openssl >/dev/null || { skip "feeds over nginx" "openssl is not installed"; exit 0; }
web=$scratch/web
mkdir -p "$web/www" "$scratch/Feeds"
port=$(free_port) secure=$(free_port)
cd "$scratch" || exit 1
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.pem -subj '/CN=Test CA' >/dev/null 2>&1
openssl req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj '/CN=localhost' -addext 'subjectAltName=DNS:localhost' >/dev/null 2>&1
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -copy_extensions copy -out server.pem >/dev/null 2>&1
cat >"$web/extra.conf" <<C
location = /moved { return 302 http://127.0.0.1:$port/list.txt; }
location = /to-metadata { return 302 http://169.254.169.254/latest/meta-data/; }
location = /loop { return 302 /loop; }
location = /busy { add_header Retry-After 7 always; return 503; }
location = /keyed { if (\$http_auth_key != "s3cr3t-value") { return 403; } try_files /keyed.txt =404; }
location = /mirror { try_files /list.txt =404; }
C
start_nginx "$web" "$port" "$secure" "$scratch/server.pem" "$scratch/server.key" || { not_ok "nginx starts"; exit 0; }

values() { for i in $(seq 1 "$1"); do echo "host-$i.bad.example"; done; }
values 200 >"$web/www/list.txt"
values 60 >"$web/www/keyed.txt"
feed() { printf 'version: 1\nname: %s\nurl: %s\nformat: plain\nallow-private: true\nguard: {minimum-rows: 5}\n%s\n' "$1" "$2" "${3:-}" >"$scratch/Feeds/$1.yaml"; }
feed list "http://127.0.0.1:$port/list.txt"
export UKAI_STATE=$scratch/state UKAI_FEEDS=$scratch/Feeds UKAI_RULES=$root/Rules
sync() { "$UKAI" sync --force --quiet --summary "$scratch/summary.json" "$@" >"$scratch/out" 2>"$scratch/err"; }
status_of() { python3 -c 'import json,sys; print(next(f["status"] for f in json.load(open(sys.argv[1]))["feeds"] if f["name"]==sys.argv[2]))' "$scratch/summary.json" "$1"; }
indicators() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["index"]["indicators"])' "$scratch/summary.json"; }

sync; same "a first sync ends with 0" 0 $?
same "the feed is updated" updated "$(status_of list)"
same "all its values are in the index" 200 "$(indicators)"
sync; same "the second sync ends with 0" 0 $?
same "an unchanged feed is not modified" unchanged "$(status_of list)"
holds "it was asked for conditionally" "$(tail -n 1 "$web/access.log")" " 304 "

bad() { # bad NAME CONTENT: the body is replaced by CONTENT; the last good set must stay
  printf '%s' "$2" >"$web/www/list.txt"
  sync; local code=$?
  same "$1: ends with 65" 65 $code
  same "$1: kept" kept "$(status_of list)"
  same "$1: the index is as before" 200 "$(indicators)"
}
bad "an empty body" ""
bad "a comment and nothing else" "# nothing today"
bad "an error page" "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>Bad gateway</body></html>"
bad "a JSON error" '{"error":"rate limited"}'
bad "a shrunk body" "$(values 20)"
values 20 >"$web/www/list.txt"
"$UKAI" sync --force --quiet --accept-change list --summary "$scratch/summary.json" >/dev/null 2>&1; same "--accept-change takes it" 0 $?
same "the accepted set is in force or ageing" updated "$(status_of list)"

# Going back: the set before comes into force at once, and what was left stays out until it changes.
"$UKAI" sync --quiet --rollback list --summary "$scratch/summary.json" 2>"$scratch/err"; same "--rollback goes back" 0 $?
same "to the set before" 200 "$(indicators)"
sync; same "the next sync does not bring the other one back" kept "$(status_of list)"
same "and the earlier set stays in force" 200 "$(indicators)"
"$UKAI" sync --quiet --accept-change list --summary "$scratch/summary.json" 2>"$scratch/err"; same "--accept-change takes it after all" updated "$(status_of list)"
for n in 21 22 23 24; do values $n >"$web/www/list.txt"; sync; done
same "three generations are kept" 3 "$(ls "$UKAI_STATE/spool" | grep -c '^list\.')"
mv "$web/www/list.txt" "$web/www/gone.txt"
sync; same "a feed that is gone ends with 69" 69 $?
[ "$(indicators)" -ge 20 ] && ok "and its indicators stay" || not_ok "indicators after an outage: $(indicators)"
mv "$web/www/gone.txt" "$web/www/list.txt"

one() { # one NAME STATUS-EXPECTED CODE URL [YAML]
  rm -f "$scratch"/Feeds/*; feed x "$4" "${5:-}"
  sync --only x; local code=$?
  same "$1 ends with $3" "$3" $code
  same "$1: $2" "$2" "$(status_of x)"
}
one "a redirect on the same host" updated 0 "http://127.0.0.1:$port/moved"
one "a redirect to the metadata address" failed 76 "http://127.0.0.1:$port/to-metadata"
one "a redirect loop" failed 76 "http://127.0.0.1:$port/loop"
one "https from an unknown authority" failed 76 "https://localhost:$secure/list.txt"
one "https with the own authority named" unchanged 0 "https://localhost:$secure/list.txt" "tls: {authority: $scratch/ca.pem}"
one "the same body from another address" unchanged 0 "http://127.0.0.1:$port/mirror"
holds "is asked for without the first one's validators" "$(tail -n 1 "$web/access.log")" '"GET /mirror HTTP/1.1" 200 '
export KEY_OF_X=s3cr3t-value
one "a key in a header" updated 0 "http://127.0.0.1:$port/keyed" 'auth: {header: Auth-Key, value: "${env:KEY_OF_X}"}'
KEY_OF_X=wrong-s3cr3t one "a wrong key" failed 69 "http://127.0.0.1:$port/keyed" 'auth: {header: Auth-Key, value: "${env:KEY_OF_X}"}'
leaks=$(grep -rlF s3cr3t "$UKAI_STATE" "$scratch/out" "$scratch/err" "$scratch/summary.json" 2>/dev/null | head -n 3)
same "no secret in state, output or summary" "" "$leaks"
rm -f "$scratch"/Feeds/*; printf 'version: 1\nname: x\nurl: http://127.0.0.1:%s/list.txt\nformat: plain\n' "$port" >"$scratch/Feeds/x.yaml"
sync --only x; same "loopback is refused unless the feed allows it" 76 $?
