# Awkward logs of every kind: encodings, line ends, long lines, compression, damage, names, pipes. UKAI_LONG=1 adds the giants.
. "$(dirname "$0")/lib.sh"
for tool in python3 zstd xz bzip2; do command -v "$tool" >/dev/null || { skip "awkward logs" "$tool is not installed"; exit 0; }; done
python3 "$root/Tests/Integration/log_inputs.py" "$UKAI" ${UKAI_LONG:+long}
