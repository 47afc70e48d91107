#!/usr/bin/env python3
"""How fast real logs are scanned, file by file: bench/logs.py UKAI-SCAN FOLDER [--size 10k] [--mib 24] [--worst 20]

The generated logs of bench/run are one mix. This repeats each log of a folder of one's own to the same length and scans it alone, the slowest
first: what a format costs that the mix hardly has (escapes in JSON, IPv6, percent escapes). ripgrep with the same values as fixed strings
runs beside it. A log of N copies must give N times the sightings of one, else the run fails.
"""
import argparse, os, shutil, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
arguments.add_argument("ukai_scan")
arguments.add_argument("folder")
arguments.add_argument("--size", default="10k")
arguments.add_argument("--mib", type=int, default=24)
arguments.add_argument("--worst", type=int, default=20)
options = arguments.parse_args()
values = os.path.join(here, "data", f"set-{options.size}.txt")
index = os.path.join(here, "data", f"{options.size}.ukx")
if not os.path.exists(values) or not os.path.exists(index): sys.exit(f"error: {index} is missing; 'bench/run --sizes {options.size}' makes it")
compressed = (".gz", ".zst", ".xz", ".bz2", ".zip", ".evtx", ".pcap")


def run(command):
    """Lines of output and CPU seconds."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        output.seek(0)
        return sum(1 for _ in output), usage.ru_utime + usage.ru_stime


def best(command, passes=3):
    runs = [run(command) for _ in range(passes)]
    return runs[0][0], min(seconds for _, seconds in runs)


scan = [options.ukai_scan, "--index", index, "--no-store", "--json"]
rows, wrong = [], 0
with tempfile.TemporaryDirectory(prefix="ukai-bench-") as scratch:
    single, many, empty = (os.path.join(scratch, name) for name in ("single", "many", "empty"))
    open(empty, "wb").write(b"nothing\n")
    start = best(scan + [empty])[1]
    for directory, _, names in os.walk(options.folder):
        for name in names:
            path = os.path.join(directory, name)
            if name.lower().startswith("readme") or name.endswith(compressed): continue
            text = open(path, "rb").read()
            if len(text) < 2000: continue
            text = text if text.endswith(b"\n") else text + b"\n"
            copies = max(1, (options.mib << 20) // len(text))
            open(single, "wb").write(text)
            open(many, "wb").write(text * copies)
            found, seconds = best(scan + [many])
            if found != copies * run(scan + [single])[0]: wrong += 1; print(f"wrong: {path}: {found} sightings in {copies} copies")
            rival = run(["rg", "--no-config", "-a", "-c", "-F", "-f", values, many])[1] if shutil.which("rg") else None
            size = len(text) * copies / 1e6
            rows.append((size / max(1e-3, seconds - start), size / rival if rival else 0, os.path.relpath(path, options.folder)))
rows.sort()
print(f"{'ukai-scan':>10} {'ripgrep':>8}  MB/s of CPU, {options.size} indicators, {len(rows)} logs; start left out")
for speed, rival, name in rows[: options.worst]: print(f"{speed:10.0f} {rival:8.0f}  {name}")
middle = rows[len(rows) // 2][0] if rows else 0
print(f"slowest {rows[0][0]:.0f}, median {middle:.0f}, fastest {rows[-1][0]:.0f} MB/s; {sum(1 for row in rows if row[0] < row[1])} logs slower than by ripgrep")
sys.exit(1 if wrong else 0)
