# What servers must not do: slow, cut, endless, forged, redirecting, badly certified. Every feed ends at its bound with its own reason,
# nothing of it comes into force, and no request reaches the canary. All run at once, in one sync.
. "$(dirname "$0")/lib.sh"
command -v openssl >/dev/null || { skip "misbehaving servers" "openssl is not installed"; exit 0; }
cd "$scratch" || exit 1
mkdir -p Feeds
export UKAI_STATE=$scratch/state UKAI_FEEDS=$scratch/Feeds UKAI_RULES=$root/Rules
summary=$scratch/summary.json
server=$root/Tests/Integration/servers/misbehaving.py
port=$(free_port) canary=$(free_port)
start_server "$port" python3 "$server" "$port" requests.log || { not_ok "the server starts"; exit 0; }
start_server "$canary" python3 "$server" "$canary" canary.log
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout ca.key -out ca.pem -subj '/CN=Test CA' >/dev/null 2>&1
certificate() { # certificate NAME ALTERNATIVE [DAYS]
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" -addext "subjectAltName=$2" >/dev/null 2>&1
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial ${3:+-not_before 20200101000000Z -not_after 20200201000000Z} -days 2 -copy_extensions copy -out "$1.pem" >/dev/null 2>&1
}
certificate good DNS:localhost; certificate other DNS:other.example
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout self.key -out self.pem -subj '/CN=localhost' -addext 'subjectAltName=DNS:localhost' >/dev/null 2>&1
# An expired one: signed by the authority with dates of the past.
openssl req -newkey rsa:2048 -nodes -keyout old.key -out old.csr -subj /CN=old -addext 'subjectAltName=DNS:localhost' >/dev/null 2>&1
mkdir -p ca && : >ca/index.txt && echo 01 >ca/serial
printf '[ca]\ndefault_ca=d\n[d]\ndir=ca\ndatabase=ca/index.txt\nserial=ca/serial\nnew_certs_dir=ca\ndefault_md=sha256\npolicy=p\ncopy_extensions=copy\nunique_subject=no\n[p]\ncommonName=supplied\n' >ca.conf
openssl ca -batch -config ca.conf -cert ca.pem -keyfile ca.key -in old.csr -out old.pem -startdate 20200101000000Z -enddate 20200201000000Z >/dev/null 2>&1
tls_good=$(free_port); start_server "$tls_good" python3 "$server" "$tls_good" tls.log good.pem good.key
tls_other=$(free_port); start_server "$tls_other" python3 "$server" "$tls_other" tls.log other.pem other.key
tls_self=$(free_port); start_server "$tls_self" python3 "$server" "$tls_self" tls.log self.pem self.key
tls_old=$(free_port); start_server "$tls_old" python3 "$server" "$tls_old" tls.log old.pem old.key
tls_weak=$(free_port); start_server "$tls_weak" python3 -W ignore "$server" "$tls_weak" tls.log good.pem good.key TLSv1_1

cases=$scratch/cases
: >"$cases"
number=1
feed() { # feed NAME CODE PATH|URL [YAML]: a host of its own each, so that a slow one holds up no other
  number=$((number + 1))
  local url=$3
  case $url in /*) url=http://127.0.0.$number:$port$3 ;; esac
  printf '%s %s\n' "$1" "$2" >>"$cases"
  printf 'version: 1\nname: %s\nurl: "%s"\nformat: plain\nallow-private: true\ntimeout: 2s\nmax-bytes: 1MiB\n%s\n' "$1" "$url" "${4:-}" >"Feeds/$1.yaml"
}
key='auth: {header: Auth-Key, value: "${env:CANARY_KEY}"}'
export CANARY_KEY=k3y-for-one-host
feed good ok /good; feed once-503 ok /once-503; feed cookie ok /cookie
feed slow "transport.(timeout|deadline)" /slow; feed stalled "transport.(timeout|deadline)" /stalled; feed silent "transport.(timeout|deadline)" /silent
feed truncated transport.truncated /truncated; feed reset transport.truncated /reset; feed excess transport.truncated /excess
feed two-lengths transport.content-length /two-lengths; feed cut-chunk transport.truncated /cut-chunk
feed bad-chunk transport.chunk /bad-chunk; feed bad-status transport.http /bad-status; feed http09 transport.http /http09
feed loop transport.redirect-limit /loop; feed hops transport.redirect-limit /hops
feed to-file transport.redirect-scheme /to/file:///etc/passwd; feed to-gopher transport.redirect-scheme "/to/gopher://127.0.0.1:$canary/"; feed to-ftp transport.redirect-scheme "/to/ftp://127.0.0.1:$canary/"
feed to-metadata transport.address-refused /to/http://169.254.169.254/latest/meta-data/ "$key"
feed to-canary transport.address-refused "/to/http://127.0.0.1:$canary/good" "$key"; feed to-canary-name transport.address-refused "/to/http://localhost:$canary/good" "$key"
feed to-canary-number transport.address-refused "/to/http://2130706433:$canary/good" "$key"; feed to-canary-hex transport.address-refused "/to/http://0x7f.1:$canary/good"
feed to-canary-octal transport.address-refused "/to/http://0177.0.0.1:$canary/good"; feed to-canary-six "transport.(address-refused|connect)" "/to/http://[::1]:$canary/good"
feed to-canary-mapped "transport.(address-refused|connect)" "/to/http://[::ffff:127.0.0.1]:$canary/good"; feed to-canary-zero transport.address-refused "/to/http://0.0.0.0:$canary/good"
feed to-user transport.redirect-credentials "/to/http://user:pass@127.0.0.1:$canary/good" "$key"
feed endless-body transport.wire-cap /endless-body; feed endless-line transport.wire-cap /endless-line; feed endless-chunks transport.wire-cap /endless-chunks
feed endless-header "transport.(header-cap|.*)" /endless-header; feed endless-header-line "transport.(header-cap|.*)" /endless-header-line
feed bomb "transport.decoded-(cap|ratio)" /bomb; feed layers transport.encoding-layers /layers
feed bad-gzip transport.damaged-encoding /bad-gzip; feed cut-gzip transport.damaged-encoding /cut-gzip
feed unasked-304 transport.not-modified-unasked /unasked-304
feed page feed.html /page; feed not-found transport.status /status/404; feed broken transport.status /status/500; feed partial transport.status /status/206
feed wait-7 transport.status /status/429/7; feed wait-long transport.status /status/429/999999999; feed wait-odd transport.status /status/429/soon; feed wait-date transport.status "/status/503/Fri,_31_Dec_2027_23:59:59_GMT"
feed tls-good ok "https://localhost:$tls_good/good" "tls: {authority: $scratch/ca.pem}"
feed tls-downgrade transport.redirect-downgrade "https://localhost:$tls_good/to/http://localhost:$port/good" "tls: {authority: $scratch/ca.pem}"
feed tls-other-host transport.tls "https://localhost:$tls_other/good" "tls: {authority: $scratch/ca.pem}"; feed tls-self-signed transport.tls "https://localhost:$tls_self/good"
feed tls-expired transport.tls "https://localhost:$tls_old/good" "tls: {authority: $scratch/ca.pem}"; feed tls-weak transport.tls "https://localhost:$tls_weak/good" "tls: {authority: $scratch/ca.pem}"
printf 'version: 1\nname: plain-loopback\nurl: http://127.0.0.99:%s/good\nformat: plain\n' "$port" >Feeds/plain-loopback.yaml; echo "plain-loopback transport.address-refused" >>"$cases"

began=$(date +%s)
"$UKAI" sync --force --deadline 15 --summary "$summary" >out 2>err; same "some succeeded and many failed: 3" 3 $?
took=$(($(date +%s) - began))
[ $took -le 18 ] && ok "the run ended at its deadline ($took s)" || not_ok "the run took $took s"
python3 - "$summary" "$cases" <<'P'
import json, re, sys
feeds = {f["name"]: f for f in json.load(open(sys.argv[1]))["feeds"]}
for line in open(sys.argv[2]):
    name, expected = line.split()
    feed = feeds[name]
    got = "ok" if feed["status"] == "updated" else feed.get("code", feed["status"])
    good = got == "ok" if expected == "ok" else re.fullmatch(expected, got) is not None
    print("%s - %s gives %s%s" % ("ok" if good else "not ok", name, expected, "" if good else ": got %s (%s)" % (got, feed.get("reason"))))
P
same "only the four good feeds have indicators" 50 "$(index_size "$summary")"
same "no request reached the canary" 0 "$(grep -c . canary.log)"
same "no staged body is left" 0 "$(find state/spool -name '.tmp.*' | grep -c .)"
leaks=$(grep -rlF k3y-for-one-host state out err summary.json | head -n 2); same "the key is in no output and no file" "" "$leaks"
same "the key was sent to its own host only" "" "$(python3 - <<'P'
import json
for line in open("requests.log"):
    r = json.loads(line)
    if "auth-key" in r["headers"] and not r["path"].startswith("/to/"): print(r["path"])
P
)"
due() { "$UKAI" feeds show "$1" --json 2>/dev/null | python3 -c 'import json,sys,datetime as d; j=json.load(sys.stdin); t=lambda x: d.datetime.fromisoformat(x.replace("Z","+00:00")); print(int((t(j["due"])-t(j["last_attempt"])).total_seconds()))'; }
in_range() { [ "$2" -ge "$3" ] && [ "$2" -le "$4" ] && ok "$1 ($2 s)" || not_ok "$1: $2 s is not in $3..$4"; }
in_range "Retry-After in seconds is heeded, the cadence is longer" "$(due wait-7)" 7 3600
in_range "a huge Retry-After is cut to an hour" "$(due wait-long)" 3600 3600
in_range "a nonsensical one counts as five minutes" "$(due wait-odd)" 240 300
in_range "one far in the future as a date too" "$(due wait-date)" 3600 3600

# What was refused left no validator behind.
: >requests.log
"$UKAI" sync --only page,truncated,good --deadline 5 --quiet >/dev/null 2>&1
same "an error page and a cut body left no validator" "/good" "$(python3 - <<'P'
import json
print(*sorted({r["path"] for r in map(json.loads, open("requests.log")) if "if-none-match" in r["headers"]}))
P
)"
