# Real logs of many formats, held against readers of our own. The logs are not part of the project.
. "$(dirname "$0")/lib.sh"
logs=$root/../shared/data/logs
if [ ! -d "$logs" ]; then skip "real logs" "../shared/data/logs is not here"; exit 0; fi
command -v python3 >/dev/null || { skip "real logs" "python3 is not installed"; exit 0; }
python3 "$root/Tests/Integration/log_formats.py" "$UKAI" "$logs"
