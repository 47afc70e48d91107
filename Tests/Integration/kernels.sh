#!/usr/bin/env bash
# The classification kernels against the portable one: those of this CPU, and NEON on an emulated ARM.
. "$(dirname "$0")/lib.sh"

sources=(-O2 -I "$root/Sources/CShims/include" "$root/Tests/Integration/kernels.c" "$root/Sources/CShims/classify.c" "$root/Sources/CShims/rare_words.c"
  "$root/Sources/CShims/rare_fangs.c" "$root/Sources/CShims/newlines.c"
  "$root/Sources/CShims/token_ends.c" "$root/Sources/CShims/path_fields.c" "$root/Sources/CShims/piece_search.c" "$root/Sources/CShims/secret_runs.c"
  "$root/Sources/CShims/package_signs.c" "$root/Sources/CShims/filter_probe.c" "$root/Sources/CShims/undo_escapes.c"
  "$root/Sources/CShims/mark_kinds.c" "$root/Sources/CShims/label_lengths.c" "$root/Sources/CShims/literal_reach.c"
  "$root/Sources/CShims/literal_starts.c"
  "$root/Sources/CShims/literal_keys.c" "$root/Sources/CShims/literal_tails.c" "$root/Sources/CShims/known_hosts.c")
if command -v cc >/dev/null || command -v clang >/dev/null; then
  "$(command -v cc || command -v clang)" "${sources[@]}" -o "$scratch/own" || not_ok "the kernels compile"
  if result=$("$scratch/own"); then ok "kernels of this CPU agree with the portable one: $(echo "$result" | tr '\n' ' ')"; else not_ok "$result"; fi
else
  skip "kernels of this CPU" "no C compiler"
fi
if command -v aarch64-linux-gnu-gcc >/dev/null && command -v qemu-aarch64-static >/dev/null; then
  aarch64-linux-gnu-gcc -static "${sources[@]}" -o "$scratch/arm" || not_ok "the kernels compile for ARM"
  result=$(qemu-aarch64-static "$scratch/arm") || not_ok "$result"
  holds "NEON agrees with the portable kernel" "$result" "kernel 3 agrees"
  holds "NEON is chosen on ARM" "$result" "best 3"
else
  skip "NEON agrees with the portable kernel" "gcc-aarch64-linux-gnu or qemu-user-static is not installed"
fi
