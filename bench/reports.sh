#!/usr/bin/env bash
# `ukai extract` beside ioc-finder, iocextract and ioc-fanger, on reports: bench/reports.sh [FOLDER]. Writes bench/results/reports.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/../../shared/data/reports}
ukai=${UKAI:-$(cd "$here/.." && swift build -c release --show-bin-path)/ukai}
[ -d "$folder" ] || {
  echo "skipped reports: $folder is not there"
  exit 0
}
python=$("$here/../scripts/counterparts" reports) || {
  echo "skipped reports: the rivals could not be installed"
  exit 0
}
mkdir -p "$here/results"
exec "$python" "$here/reports/compare.py" "$ukai" "$folder" --table "$here/results/reports.md"
