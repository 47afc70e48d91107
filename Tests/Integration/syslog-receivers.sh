# Alerts into real syslog receivers on loopback, rsyslog and syslog-ng, over TCP and over TLS with client certificates: every alert arrives
# once, whole, with its structured data; a certificate that is wrong on either side is refused and loses nothing.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-alerts.sh"
command -v openssl >/dev/null || { skip "export over syslog" "openssl is not installed"; exit 0; }
export UKAI_STATE=$scratch/state UKAI_RULES=$scratch/Rules
mkdir -p "$UKAI_RULES"
count=1000
make_alerts "$UKAI_STATE" $count || { not_ok "alerts are made"; exit 0; }

cd "$scratch" || exit 1
authority() { openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" >/dev/null 2>&1; }
signed() { # signed NAME CA
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" -addext 'subjectAltName=DNS:localhost' >/dev/null 2>&1
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 2 -copy_extensions copy -out "$1.pem" >/dev/null 2>&1
}
authority ca; authority stranger; signed server ca; signed client ca; signed false-client stranger

destinations() { # destinations PORT
  cat >"$UKAI_RULES/destinations.yaml" <<Y
version: 1
destinations:
  good: {to: "syslog+tls://localhost:$1", as: cef, tls: {authorities: $scratch/ca.pem, certificate: $scratch/client.pem, key: $scratch/client.key}}
  false-client: {to: "syslog+tls://localhost:$1", as: cef, tls: {authorities: $scratch/ca.pem, certificate: $scratch/false-client.pem, key: $scratch/false-client.key}}
  no-client: {to: "syslog+tls://localhost:$1", as: cef, tls: {authorities: $scratch/ca.pem}}
  false-server: {to: "syslog+tls://localhost:$1", as: cef, tls: {authorities: $scratch/stranger.pem, certificate: $scratch/client.pem, key: $scratch/client.key}}
Y
}
# judge NAME FILE: one line "app|structured data|message" for each alert, none missing, none twice.
judge() {
  wait_until test "$(wc -l <"$2" 2>/dev/null | tr -d ' ' || echo 0)" -ge $count || pause 1
  python3 - "$1" "$2" $count <<'P'
import re, sys
name, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
lines = open(path, encoding="utf-8-sig").read().splitlines()
ids = [m.group(1) for line in lines for m in [re.match(r'ukai\|\[ukai@32473 id="([0-9a-f]{32})" version="1"\]\|\s*\ufeff?(CEF:0\|Ukai\|ukai\|.*externalId=\1 )', line)] if m]
fine = len(lines) == count and len(ids) == count and len(set(ids)) == count
print(("ok - " if fine else "not ok - ") + name + ("" if fine else ": %d lines, %d whole, %d different; first: %r" % (len(lines), len(ids), len(set(ids)), lines[:1])))
P
}
arrived() { test "$(wc -l <"$1" | tr -d ' ')" -ge $count; }
over_tcp() { # over_tcp RECEIVER PORT FILE
  "$UKAI" export --quiet --to "syslog+tcp://127.0.0.1:$2" --as cef 2>"$scratch/err"; same "$1 over TCP: the export ends with 0" 0 $?
  wait_until arrived "$3"; judge "$1 over TCP: each alert arrives once, whole" "$3"
  "$UKAI" export --quiet --to "syslog+tcp://127.0.0.1:$2" --as cef 2>"$scratch/err"; same "$1 over TCP: a second export ends with 0" 0 $?
  judge "$1 over TCP: … and sends nothing" "$3"
}
over_tls() { # over_tls RECEIVER PORT FILE
  destinations "$2"
  local name code
  for name in false-client no-client false-server; do
    "$UKAI" export --quiet --to $name >/dev/null 2>"$scratch/err"; code=$?
    case $code in 69 | 76) ok "$1 over TLS: $name is refused with $code" ;; *) not_ok "$1 over TLS: $name ended with $code: $(head -c 300 "$scratch/err")" ;; esac
  done
  same "$1 over TLS: nothing came through" 0 "$(cat "$3" 2>/dev/null | wc -l | tr -d ' ')"
  "$UKAI" export --quiet --to good 2>"$scratch/err"; same "$1 over TLS: the export ends with 0 ($(head -c 200 "$scratch/err"))" 0 $?
  wait_until arrived "$3"; judge "$1 over TLS: each alert arrives once, whole" "$3"
}

if command -v rsyslogd >/dev/null; then
  plain=$(free_port) tls=$(free_port)
  cat >rsyslog.conf <<C
global(workDirectory="$scratch" defaultNetstreamDriverCAFile="$scratch/ca.pem" defaultNetstreamDriverCertFile="$scratch/server.pem" defaultNetstreamDriverKeyFile="$scratch/server.key" maxMessageSize="64k")
module(load="imptcp")
module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
template(name="received" type="string" string="%app-name%|%structured-data%|%msg%\n")
ruleset(name="plain") { action(type="omfile" file="$scratch/rsyslog.tcp" template="received" asyncWriting="off" flushOnTXEnd="on") }
ruleset(name="tls") { action(type="omfile" file="$scratch/rsyslog.tls" template="received" asyncWriting="off" flushOnTXEnd="on") }
input(type="imptcp" address="127.0.0.1" port="$plain" ruleset="plain")
input(type="imtcp" address="127.0.0.1" port="$tls" ruleset="tls")
C
  rsyslogd -n -f "$scratch/rsyslog.conf" -i "$scratch/rsyslog.pid" >rsyslog.log 2>&1 &
  servers+=($!)
  if wait_until port_open "$plain"; then over_tcp rsyslog "$plain" "$scratch/rsyslog.tcp"; else not_ok "rsyslog starts: $(head -c 300 rsyslog.log)"; fi
  if wait_until port_open "$tls"; then over_tls rsyslog "$tls" "$scratch/rsyslog.tls"; else skip "rsyslog over TLS" "its OpenSSL driver is not installed: $(head -c 200 rsyslog.log)"; fi
else
  skip "export to rsyslog" "rsyslog is not installed"
fi

# Debian lets only one of the two be installed: syslog-ng is unpacked beside the build, from its package, and run from there.
syslog_ng() {
  local place=$root/.build/test-tools/syslog-ng
  if [ ! -e "$place/ready" ]; then
    rm -rf "$place"; mkdir -p "$place/deb" && cd "$place/deb" || return 1
    apt-get download syslog-ng-core libivykis0 libnet1 libpcre3 libjson-c5 libwrap0 libesmtp6 >/dev/null 2>&1 || apt-get download syslog-ng-core libivykis0 libnet1 libpcre3 libjson-c5 libwrap0 >/dev/null 2>&1 || return 1
    local deb
    for deb in *.deb; do dpkg -x "$deb" "$place/root" || return 1; done
    : >"$place/ready"
    cd "$scratch" || return 1
  fi
  echo "$place/root"
}
if ng=$(syslog_ng); then
  plain=$(free_port) tls=$(free_port)
  mkdir -p cadir && cp ca.pem "cadir/$(openssl x509 -noout -hash -in ca.pem).0"
  cat >ng.conf <<C
@version: 3.38
options { keep-hostname(yes); flush-lines(1); log-msg-size(65536); };
template received { template("\${PROGRAM}|\${SDATA}|\${MESSAGE}\n"); };
source plain { syslog(ip(127.0.0.1) port($plain) transport("tcp")); };
source tls { syslog(ip(127.0.0.1) port($tls) transport("tls") tls(key-file("$scratch/server.key") cert-file("$scratch/server.pem") ca-dir("$scratch/cadir") peer-verify(required-trusted))); };
destination tcp { file("$scratch/ng.tcp" template(received)); };
destination tls { file("$scratch/ng.tls" template(received)); };
log { source(plain); destination(tcp); };
log { source(tls); destination(tls); };
C
  LD_LIBRARY_PATH=$ng/usr/lib/x86_64-linux-gnu:$ng/lib/x86_64-linux-gnu:$ng/usr/lib/syslog-ng "$ng/usr/sbin/syslog-ng" -F -f ng.conf \
    --module-path="$(echo "$ng"/usr/lib/syslog-ng/3.*)" -R ng.persist -p ng.pid -c ng.ctl >ng.log 2>&1 &
  servers+=($!)
  if wait_until port_open "$plain"; then
    over_tcp syslog-ng "$plain" "$scratch/ng.tcp"
    over_tls syslog-ng "$tls" "$scratch/ng.tls"
  else
    skip "export to syslog-ng" "it does not start here: $(head -c 300 ng.log)"
  fi
else
  skip "export to syslog-ng" "its package cannot be fetched"
fi

# UDP: every message a datagram of its own.
port=$(free_port)
python3 - "$port" "$scratch/udp" >/dev/null 2>&1 <<'P' &
import socket, sys
receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
receiver.bind(("127.0.0.1", int(sys.argv[1])))
with open(sys.argv[2], "w") as out:
    out.write("ready\n"); out.flush()
    while True:
        out.write(receiver.recv(65536).decode().split(" ")[3] + "\n"); out.flush()
P
servers+=($!)
wait_until grep -q ready "$scratch/udp"
"$UKAI" export --quiet --to "syslog+udp://127.0.0.1:$port" --as syslog 2>"$scratch/err"; same "UDP: the export ends with 0" 0 $?
wait_until test "$(grep -c '^ukai$' "$scratch/udp")" -gt 0
[ "$(grep -c '^ukai$' "$scratch/udp")" -gt 0 ] && ok "UDP: datagrams arrive" || not_ok "UDP: no datagram arrived"

# Nobody there: 69, and nothing is marked.
"$UKAI" export --quiet --to "syslog+tcp://127.0.0.1:$(free_port)" --as cef 2>"$scratch/err"; same "nobody listens: 69" 69 $?
