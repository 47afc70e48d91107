#!/usr/bin/env bash
# Canonical forms beside independent implementations, on seeded random values: Tests/Differential/compare.py.
. "$(dirname "$0")/lib.sh"

rounds=400
[ -n "${UKAI_QUICK:-}" ] && rounds=60
if ! python=$("$root/scripts/counterparts" names 2>"$scratch/why"); then
  skip "canonical forms beside independent implementations" "$(tail -n 1 "$scratch/why")"
  exit 0
fi
"$python" "$root/Tests/Differential/compare.py" "$UKAI" --rounds "$rounds" >"$scratch/out" 2>&1
status=$?
grep -E '^measured' "$scratch/out"
if [ $status -eq 0 ]; then
  ok "canonical forms agree with independent implementations"
else
  grep -A 2 -E '^not ok' "$scratch/out" | head -n 40 >&2
  not_ok "canonical forms agree with independent implementations: $(grep -cE '^not ok [^:]*: [0-9]+ values' "$scratch/out") kinds do not"
fi
