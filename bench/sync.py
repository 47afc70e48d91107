#!/usr/bin/env python3
"""How long a sync takes: a CSV feed from nginx on loopback to a replaced index, the same again not modified, and with 1 % changed.

    bench/sync.py [--rows 1000000] [--ukai PATH]

Prints wall and CPU seconds and peak memory of each step, beside a plain Python program that reads the same CSV into the same kind of
database (without canonical forms, warninglists, provenance, history or index). Counts are verified: a wrong number fails the run.
"""
import argparse
import csv
import multiprocessing
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def row(number, generation, rng):
    """One row of a mixed feed: URLs, names, addresses with ports, digests."""
    key = number if generation is None else "%d-%d" % (number, generation)
    kind = number % 4
    if kind == 0:
        value, label = "http://host-%s.bench%d.example/%x/login.php?id=%d" % (key, number % 977, rng.getrandbits(40), number), "url"
    elif kind == 1:
        value, label = "node-%s.bench%d.example" % (key, number % 1499), "domain"
    elif kind == 2:
        salt = 0 if generation is None else 1
        value, label = "%d.%d.%d.%d:%d" % (11 + (number >> 16) % 100, number >> 8 & 255, number & 255, 1 + salt, 1024 + number % 60000), "ip:port"
    else:
        value, label = "%064x" % rng.getrandbits(256), "sha256_hash"
    return ["2026-11-%02d 10:%02d:%02d" % (1 + number % 20, number % 60, number // 60 % 60), value, label, "malware-%d" % (number % 50), str(50 + number % 50), "tag%d,bench" % (number % 7)]


def write(path, rows, changed):
    """The feed; `changed` of its rows hold another value than before. Returns the number of distinct values."""
    rng = random.Random(7)
    seen = set()
    with open(path + ".new", "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["first_seen_utc", "ioc_value", "ioc_type", "malware", "confidence", "tags"])
        step = rows // changed if changed else 0
        for number in range(rows):
            line = row(number, 1 if step and number % step == 0 and number // step < changed else None, rng)
            seen.add((line[2], line[1]))
            writer.writerow(line)
    os.rename(path + ".new", path)
    return len(seen)


def apart(function, *arguments):
    """Runs a function in a process of its own: what it needs of memory would be counted to every process started after it."""
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(function, arguments)


def measured(arguments, environment=None):
    start = time.monotonic()
    process = subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    return {"wall": time.monotonic() - start, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss / 1024,
            "status": os.waitstatus_to_exitcode(status), "error": error.decode(errors="replace")}


RIVAL = """
import csv, sqlite3, sys
db = sqlite3.connect(sys.argv[2])
db.execute("PRAGMA synchronous = FULL")
db.execute("CREATE TABLE indicator(type TEXT, value TEXT, first_seen TEXT, malware TEXT, confidence INTEGER, tags TEXT, PRIMARY KEY(type, value)) WITHOUT ROWID")
with open(sys.argv[1], newline="") as source, db:
    rows = csv.reader(source)
    next(rows)
    db.executemany("INSERT OR REPLACE INTO indicator VALUES (?3, ?2, ?1, ?4, ?5, ?6)", rows)
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--ukai", default=os.path.join(ROOT, ".build/release/ukai"))
    options = parser.parse_args()
    # A bench that is stopped takes its server with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    place = tempfile.mkdtemp(prefix="ukai-bench-")
    server = None
    try:
        os.makedirs(place + "/www")
        os.makedirs(place + "/Feeds")
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        listener.close()
        with open(place + "/nginx.conf", "w") as out:
            out.write("daemon off; master_process off; pid %s/pid; error_log %s/error.log; events {} http { access_log off; %s server { listen 127.0.0.1:%d; root %s/www; } }" % (
                place, place, " ".join("%s_temp_path %s/%s;" % (k, place, k) for k in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")), port, place))
        with open(place + "/Feeds/bench.yaml", "w") as out:
            out.write("version: 1\nname: bench\nurl: http://127.0.0.1:%d/feed.csv\nformat: csv\nallow-private: true\nvalid-for: 365d\nmap:\n  value: {column: ioc_value, type: {column: ioc_type}}\n  first-seen: {column: first_seen_utc}\n  malware: {column: malware}\n  confidence: {column: confidence}\n  tags: {column: tags, split: \",\"}\n" % port)
        distinct = apart(write, place + "/www/feed.csv", options.rows, 0)
        size = os.path.getsize(place + "/www/feed.csv")
        server = subprocess.Popen(["nginx", "-c", place + "/nginx.conf", "-e", place + "/error.log"])
        time.sleep(0.5)
        environment = dict(os.environ, UKAI_STATE=place + "/state", UKAI_FEEDS=place + "/Feeds", UKAI_RULES=ROOT + "/Rules")
        print("%d rows, %.0f MB, %d distinct values" % (options.rows, size / 1e6, distinct))

        def sync(name, expected_status, expected_live):
            summary = place + "/summary.json"
            result = measured([options.ukai, "sync", "--force", "--quiet", "--summary", summary], environment)
            import json
            if not os.path.exists(summary):
                sys.exit("sync failed: %s" % result["error"])
            report = json.load(open(summary))
            feed = report["feeds"][0]
            good = feed["status"] == expected_status and report["index"]["indicators"] == expected_live
            print("%-34s %7.2f s wall %7.2f s CPU %6.0f MiB   %s" % (name, result["wall"], result["cpu"], result["memory"], "counts verified" if good else "WRONG: %s, index %s, expected %d" % (feed, report["index"], expected_live)))
            if not good:
                sys.exit(1)

        sync("first sync to a replaced index", "updated", distinct)
        sync("again, not modified", "unchanged", distinct)
        time.sleep(1.1)
        changed = options.rows // 100
        apart(write, place + "/www/feed.csv", options.rows, changed)
        # What left the feed ages: it stays valid beside what came. Digests do not depend on the generation.
        sync("again, 1 % of the rows changed", "updated", distinct + changed_values(options.rows, changed))
        rival = measured([sys.executable, "-c", RIVAL, place + "/www/feed.csv", place + "/rival.sqlite"])
        count = sqlite3.connect(place + "/rival.sqlite").execute("SELECT count(*) FROM indicator").fetchone()[0]
        print("%-34s %7.2f s wall %7.2f s CPU %6.0f MiB   %d rows" % ("Python csv and sqlite3, bare", rival["wall"], rival["cpu"], rival["memory"], count))
    finally:
        if server:
            server.terminate()
            server.wait()
        shutil.rmtree(place, ignore_errors=True)


def changed_values(rows, changed):
    """Values of the second generation that the first did not have."""
    rng_a, rng_b = random.Random(7), random.Random(7)
    step = rows // changed
    fresh = 0
    for number in range(rows):
        a = row(number, None, rng_a)
        b = row(number, 1 if number % step == 0 and number // step < changed else None, rng_b)
        fresh += a[1] != b[1]
    return fresh


main()
