#!/usr/bin/env python3
"""How fast sightings are committed, and how fast a store of millions answers.

usage: bench/sightings.py PATH-TO-UKAI [SIGHTINGS] [ALERT-SHARE]

Makes a log in which every line is a hit, scans it once as a pure filter and once into a store, verifies the counts, and takes the
difference as the price of committing. Then it asks the store what analysts ask. In the same run SQLite alone, driven by Python's
module, commits as many bare rows in batches of the same size with the same durability: what the machine can do at best with the
same guarantees.
"""
import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

ukai = os.path.abspath(sys.argv[1])
count = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
share = int(sys.argv[3]) if len(sys.argv) > 3 else 50
work = tempfile.mkdtemp(prefix="ukai-bench-")
environment = dict(os.environ, UKAI_STATE=work + "/state", UKAI_FEEDS=work + "/Feeds", UKAI_RULES=work + "/Rules")
os.makedirs(work + "/Feeds")
os.makedirs(work + "/Rules")
# The brake would make one alert of what is to be many.
open(work + "/Rules/scoring.yaml", "w").write("noise: { assets: never }\n")


def run(*arguments):
    """Seconds of CPU, of the wall, and what was printed."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    # What a scan prints goes nowhere: a million records are no matter for this process.
    silent = arguments[0] == "scan"
    done = subprocess.run([ukai, *arguments], env=environment, stdout=subprocess.DEVNULL if silent else subprocess.PIPE, stderr=subprocess.PIPE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 3):
        sys.exit("ukai %s ended with %d: %s" % (" ".join(arguments), done.returncode, done.stderr.decode()[:500]))
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return cpu, time.monotonic() - start, done.stdout


def row(name, value, note=""):
    print("| %s | %s | %s |" % (name, value, note))


try:
    random.seed(1)
    indicators, assets = 2000, max(1, count // share // 2000)
    with open(work + "/values.txt", "w") as values:
        values.writelines("host-%d.bad.example\n" % i for i in range(indicators))
    with open(work + "/dns.log", "w") as log:
        for number in range(count):
            second = number * 86_000 // count
            log.write("2026-05-10T%02d:%02d:%02dZ wks-%d resolver: query host-%d.bad.example A\n" % (
                second // 3600, second // 60 % 60, second % 60, random.randrange(assets), random.randrange(indicators)))
    run("index", "build", "--from", work + "/values.txt", "--out", work + "/values.ukx")
    def counted():
        return json.load(open(work + "/summary"))["sightings"]
    scan = ["scan", "--quiet", "--summary", work + "/summary", "--index", work + "/values.ukx", work + "/dns.log"]
    print("%d sightings, %d indicators, %d assets; %d CPUs\n" % (count, indicators, assets, os.cpu_count()))
    print("| what | figure | note |\n|---|---|---|")
    # The records are printed, so that both runs make them.
    filter_cpu, filter_wall, _ = run(*scan, "--no-store", "--json")
    if counted() != count:
        sys.exit("the filter found %d of %d" % (counted(), count))
    store_cpu, store_wall, _ = run(*scan, "--json")
    if counted() != count:
        sys.exit("the store counted %d of %d" % (counted(), count))
    row("scan into a store", "%.0f /s" % (count / store_wall), "wall, whole process; %.1f s of CPU" % store_cpu)
    row("scan alone", "%.0f /s" % (count / filter_wall), "wall; %.1f s of CPU" % filter_cpu)
    row("**committing**", "**%.0f /s**" % (count / max(0.001, store_cpu - filter_cpu)), "CPU, the difference; %.0f /s wall" % (count / max(0.001, store_wall - filter_wall)))
    again_cpu, again_wall, _ = run(*scan, "--json", "--from-start")
    if counted():
        sys.exit("a second reading counted %d again" % counted())
    row("the same log once more, nothing new", "%.0f /s" % (count / again_wall), "wall; %.1f s of CPU" % again_cpu)
    row("size of the store", "%.0f MB" % (os.path.getsize(work + "/state/alerts.sqlite") / 1e6), "%.0f bytes a sighting" % (os.path.getsize(work + "/state/alerts.sqlite") / count))

    rival = sqlite3.connect(work + "/rival.sqlite", isolation_level=None)
    rival.execute("PRAGMA journal_mode = DELETE")
    rival.execute("PRAGMA synchronous = EXTRA")
    rival.execute("CREATE TABLE sighting(id BLOB PRIMARY KEY, alert INTEGER NOT NULL) STRICT, WITHOUT ROWID")
    start = time.monotonic()
    for first in range(0, count, 1000):
        rival.execute("BEGIN IMMEDIATE")
        rival.executemany("INSERT OR IGNORE INTO sighting VALUES (?, 1)", ((number.to_bytes(16, "big"),) for number in range(first, min(count, first + 1000))))
        rival.execute("COMMIT")
    row("SQLite alone, bare rows", "%.0f /s" % (count / (time.monotonic() - start)), "wall; batches of 1000, the same durability")

    alerts = int(subprocess.run([ukai, "status", "--json"], env=environment, capture_output=True).stdout.split(b'"count":', 1)[1].split(b"}")[0])
    row("alerts", str(alerts), "")
    one = json.loads(run("alerts", "list", "--json", "--limit", "1")[2])
    start_cpu = min(run("--version")[0] for _ in range(5))
    row("a process alone (--version)", "%.0f ms" % (start_cpu * 1000), "CPU; contained in the following")

    def asked(name, arguments, note=lambda out: ""):
        """The best of five: CPU, which a busy machine does not stretch, and the wall."""
        tries = [run(*arguments) for _ in range(5)]
        row(name, "%.0f ms" % (min(t[0] for t in tries) * 1000), ("wall %.0f ms" % (min(t[1] for t in tries) * 1000)) + note(tries[0][2]))

    for name, arguments in [
        ("list, the newest 50", ["--limit", "50"]), ("of one severity and above", ["--min-severity", "critical", "--limit", "50"]),
        ("of one asset", ["--asset", one["asset"], "--limit", "50"]), ("of one indicator", ["--indicator", one["indicator"]["value"], "--limit", "50"]),
        ("of one feed", ["--feed", "values", "--limit", "50"]), ("of an actor that is not there", ["--actor", "ta-nobody", "--limit", "50"]),
        ("that are closed", ["--status", "closed", "--limit", "50"]), ("since a time", ["--since", "2026-05-10T23:00:00Z", "--limit", "50"]),
        ("of one asset, severity, feed and time", ["--asset", one["asset"], "--min-severity", "medium", "--feed", "values", "--since", "2026-05-10T12:00:00Z", "--limit", "50"]),
    ]:
        asked("alerts list: " + name, ["alerts", "list", "--json", *arguments], lambda out: ", %d lines" % out.count(b"\n"))
    asked("alerts show", ["alerts", "show", one["alert_id"]])
    asked("status --metrics", ["status", "--metrics"])
    cpu, wall, _ = run("report", "--html", work + "/report.html")
    row("report --html", "%.0f ms" % (cpu * 1000), "wall %.0f ms" % (wall * 1000))
    cpu, wall, _ = run("export", "--quiet", "--to", work + "/out.ndjson", "--as", "ecs")
    row("export to a file as ecs", "%.0f /s" % (alerts / cpu), "CPU; %d alerts" % sum(1 for _ in open(work + "/out.ndjson", "rb")))
    asked("export again, nothing new", ["export", "--quiet", "--to", work + "/out.ndjson", "--as", "ecs"])
finally:
    shutil.rmtree(work, ignore_errors=True)
