# Random rotations under a scan and under a follower. UKAI_LONG=10000 rotates that often.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || { skip "the rotation rig" "python3 is not installed"; exit 0; }
rotations=${UKAI_LONG:-}
[ -n "$rotations" ] || rotations=$([ -n "${UKAI_QUICK:-}" ] && echo 25 || echo 80)
for seed in 1 2; do
  timeout 1800 python3 "$root/Tests/Integration/rotation_rig.py" "$UKAI" batch "$rotations" $seed || not_ok "the rig ended early (batch, seed $seed)"
  timeout 1800 python3 "$root/Tests/Integration/rotation_rig.py" "$UKAI" follow "$rotations" $seed || not_ok "the rig ended early (follow, seed $seed)"
done
