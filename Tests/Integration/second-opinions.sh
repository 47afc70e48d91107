#!/usr/bin/env bash
# What bundles and events hold, by libraries of others: stix2, stix2-patterns and pymisp read the same bodies, and every value that
# they see as worth matching must have come in with Ukai, and nothing else.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

venv=${UKAI_VENV:-$scratch/venv}
if ! { [ -x "$venv/bin/python" ] || python3 -m venv "$venv"; } >/dev/null 2>&1; then
  skip "second opinions" "python3 has no venv"
  exit 0
fi
if ! "$venv/bin/python" -c 'import stix2, stix2patterns, pymisp' 2>/dev/null &&
  ! timeout 180 "$venv/bin/pip" install -q stix2 stix2-patterns pymisp >pip.log 2>&1; then
  skip "second opinions" "pip cannot install stix2, stix2-patterns and pymisp: $(tail -n 1 pip.log)"
  exit 0
fi

mkdir -p Feeds
opinion() { # KIND FILE
  printf 'version: 1\nname: body\nurl: "%s"\nformat: auto\n' "$2" >Feeds/body.yaml
  "$UKAI" feeds check body --json --feeds Feeds --rules "$scratch" >body.jsonl 2>body.err
  "$venv/bin/python" "$root/Tests/Integration/second_opinion.py" "$1" "$2" body.jsonl "$UKAI" 2>&1
}

compare() { # KIND NAME FILE…
  local kind=$1 name=$2 files=0 values=0 bad=""
  shift 2
  for file in "$@"; do
    [ -e "$file" ] || continue
    answer=$(opinion "$kind" "$file")
    case $answer in
      "same "*) files=$((files + 1)) values=$((values + ${answer#same })) ;;
      *) bad="$bad $(basename "$file"): $answer;" ;;
    esac
  done
  if [ -n "$bad" ]; then not_ok "$name:$bad"; elif [ $files -eq 0 ]; then skip "$name" "no bodies"; else
    ok "$name"
    echo "measured - $name: $files bodies, $values values, all the same"
  fi
}

compare stix "our bundles as stix2 and stix2-patterns read them" "$root"/Tests/Fixtures/formats/stix-2*/body.json
compare misp "our events as pymisp reads them" "$root"/Tests/Fixtures/formats/misp-event/body.json
shared=$root/../shared/data/feeds
if [ -d "$shared" ]; then
  compare stix "real bundles as stix2 and stix2-patterns read them" "$shared"/stix2/[!v]*.json "$shared"/stix2/*.stix2 "$shared"/stix1/*.stix21.json
  compare misp "real events as pymisp reads them" "$shared"/misp/eset-lazarus-3cx-event.json "$shared"/misp/long_event.json "$shared"/misp/mainly_objects_1.json \
    "$shared"/misp/eset-machete-event.json
else
  skip "real bundles and events" "../shared is not there"
fi
