# Shared by the integration scripts: results, a scratch directory, servers on loopback that end with the script. Sourced, never run.
set -u

: "${UKAI:?UKAI must be the path of the built ukai}"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
servers=()

finish() {
  for pid in "${servers[@]:-}"; do [ -n "$pid" ] && kill "$pid" 2>/dev/null; done
  rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 130' INT TERM

ok() { printf 'ok - %s\n' "$1"; }
not_ok() { printf 'not ok - %s\n' "$1"; }
skip() { printf 'skipped - %s: %s\n' "$1" "$2"; }

# same NAME EXPECTED ACTUAL
same() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1: expected '$2', got '$3'"; fi; }
# holds NAME TEXT PATTERN (fixed string)
holds() { if printf '%s' "$2" | grep -qF -- "$3"; then ok "$1"; else not_ok "$1: '$3' is not in: $(printf '%s' "$2" | head -c 400)"; fi; }

# A port of loopback that is free now.
free_port() {
  python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'
}

# Lets SECONDS pass, without a process of its own.
pause() { read -r -t "$1" <> <(:) || true; }

# Waits until COMMAND succeeds, at most 10 s; polls, as the servers give no other sign.
wait_until() {
  local tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -gt 200 ] && return 1
    pause 0.05
  done
}

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# start_nginx DIRECTORY HTTP_PORT [HTTPS_PORT CERT KEY]: serves DIRECTORY/www; extra location blocks from DIRECTORY/extra.conf
start_nginx() {
  local directory=$1 http=$2 https=${3:-} certificate=${4:-} key=${5:-}
  mkdir -p "$directory/www" "$directory/temp"
  [ -e "$directory/extra.conf" ] || : >"$directory/extra.conf"
  {
    echo "daemon off; master_process off; pid $directory/nginx.pid; error_log $directory/error.log;"
    echo "events {}"
    echo "http { access_log $directory/access.log; default_type text/plain; gzip on; gzip_types text/plain text/csv application/json;"
    for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $directory/temp/$kind;"; done
    echo "server { listen 127.0.0.1:$http;"
    [ -n "$https" ] && echo "listen 127.0.0.1:$https ssl; ssl_certificate $certificate; ssl_certificate_key $key;"
    echo "root $directory/www; include $directory/extra.conf; } }"
  } >"$directory/nginx.conf"
  nginx -c "$directory/nginx.conf" -e "$directory/error.log" &
  servers+=($!)
  wait_until port_open "$http"
}

# python_tools NAME PACKAGE…: a virtual environment with packages from PyPI, made once and kept with the build; prints its bin directory.
python_tools() {
  local name=$1
  shift
  local place=$root/.build/test-tools/$name
  if [ ! -e "$place/ready" ]; then
    rm -rf "$place"
    python3 -m venv "$place" >/dev/null 2>&1 && "$place/bin/pip" install --quiet --disable-pip-version-check "$@" >/dev/null 2>&1 || return 1
    : >"$place/ready"
  fi
  printf '%s/bin' "$place"
}

# start_server PORT COMMAND…: starts it and waits until it listens.
start_server() {
  local port=$1
  shift
  "$@" &
  servers+=($!)
  wait_until port_open "$port"
}

# Of a sync's summary: the status, reason or another member of one feed; the number of indicators in the index.
fact_of() { python3 -c 'import json,sys; print(next(f.get(sys.argv[3]) for f in json.load(open(sys.argv[1]))["feeds"] if f["name"]==sys.argv[2]))' "$1" "$2" "$3"; }
index_size() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["index"]["indicators"])' "$1"; }
