#!/usr/bin/env python3
"""How fast sightings are committed, and how fast a store of millions answers.

usage: bench/sightings.py PATH-TO-UKAI [SIGHTINGS] [ALERTS] [DAYS]

Makes a log in which every line is a hit, of as many days as are asked for, two days apart, with alerts that are known beforehand: one for
each indicator, asset and day. With one day every line belongs to any of all the alerts, which is the hardest there is. Scans it once as a
pure filter and once into a store, verifies the counts, and takes the difference as the price of committing. Then it asks the store what
analysts ask, and holds every answer against the whole list, filtered here. In the same run SQLite alone, driven by Python's module,
commits as many bare rows in batches of 1000 with the same durability.
"""
import datetime
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

ukai = os.path.abspath(sys.argv[1])
count = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
alerts = int(sys.argv[3]) if len(sys.argv) > 3 else max(1, count // 12)
days = int(sys.argv[4]) if len(sys.argv) > 4 else 30
indicators, assets = 2000, 500
work = tempfile.mkdtemp(prefix="ukai-bench-")
environment = dict(os.environ, UKAI_STATE=work + "/state", UKAI_FEEDS=work + "/Feeds", UKAI_RULES=work + "/Rules")
store = work + "/state/alerts.sqlite"


def run(*arguments, silent=False):
    """Seconds of CPU and of the wall, peak memory in MB, and what was printed.

    The peak is that of this process too, from which the other was forked: it says something while this one is small.
    """
    start = time.monotonic()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([ukai, *arguments], env=environment, stdout=subprocess.DEVNULL if silent else output, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - start
        output.seek(0)
        errors.seek(0)
        if process.returncode not in (0, 3):
            sys.exit("ukai %s ended with %d: %s" % (" ".join(arguments), process.returncode, errors.read().decode()[:500]))
        return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024, output.read()


def row(name, value, note=""):
    print("| %s | %s | %s |" % (name, value, note), flush=True)


def place(alert):
    """Day, indicator and asset of an alert: no two alerts have the same."""
    day, rest = alert % days, alert // days
    indicator, round_ = rest % indicators, rest // indicators
    return day, indicator, (round_ + 5 * ((day * 31 + indicator) % 97)) % assets


def write_inputs():
    os.makedirs(work + "/Feeds")
    os.makedirs(work + "/Rules")
    os.symlink(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Rules", "actors"), work + "/Rules/actors")
    # The brake would make one alert of what is to be many.
    open(work + "/Rules/scoring.yaml", "w").write("noise: { assets: never }\n")
    for number, feed in enumerate(["alpha", "beta", "gamma", "delta"]):
        with open("%s/%s.csv" % (work, feed), "w") as values:
            values.write("indicator,type,confidence,actor\n")
            for i in range(number, indicators, 4):
                values.write("host-%d.bad.example,domain,%d,%s\n" % (i, 10 + i * 7 % 90, {0: "Lazarus Group", 1: "Kimsuky"}.get(i // 4 % 5, "")))
    random.seed(1)
    by_day = [[alert for alert in range(alerts) if alert % days == day] for day in range(days)]
    start = datetime.datetime(2026, 1, 1)
    with open(work + "/dns.log", "w") as log:
        for day, known in enumerate(by_day):
            lines = count * (day + 1) // days - count * day // days
            # Every alert once, the others as chance will have it.
            chosen = known + random.choices(known, k=lines - len(known))
            random.shuffle(chosen)
            for number, alert in enumerate(chosen):
                _, indicator, asset = place(alert)
                second = start + datetime.timedelta(days=2 * day, seconds=number * 86_000 // lines)
                log.write("%sZ wks-%d resolver: query host-%d.bad.example A\n" % (second.isoformat(), asset, indicator))


def measure_commit():
    files = [part for feed in ["alpha", "beta", "gamma", "delta"] for part in ("--from", "%s/%s.csv" % (work, feed))]
    run("index", "build", *files, "--out", work + "/values.ukx")
    scan = ["scan", "--quiet", "--json", "--summary", work + "/summary", "--index", work + "/values.ukx", work + "/dns.log"]

    def summary():
        return json.load(open(work + "/summary"))
    # The records are printed, so that both runs make them.
    filter_cpu, filter_wall, filter_memory, _ = run(*scan, "--no-store", silent=True)
    if summary()["sightings"] != count:
        sys.exit("the filter found %d of %d" % (summary()["sightings"], count))
    store_cpu, store_wall, store_memory, _ = run(*scan, silent=True)
    if (summary()["sightings"], summary()["new_alerts"]) != (count, alerts):
        sys.exit("the store counted %d of %d, %d of %d alerts" % (summary()["sightings"], count, summary()["new_alerts"], alerts))
    row("scan into a store", "%.0f /s" % (count / store_wall), "wall, whole process; %.1f s of CPU, %.0f MB" % (store_cpu, store_memory))
    row("scan alone", "%.0f /s" % (count / filter_wall), "wall; %.1f s of CPU, %.0f MB" % (filter_cpu, filter_memory))
    row("**committing**", "**%.0f /s**" % (count / max(0.001, store_cpu - filter_cpu)),
        "CPU, the difference; %.0f /s wall" % (count / max(0.001, store_wall - filter_wall)))
    again_cpu, again_wall, _, _ = run(*scan, "--from-start", silent=True)
    if summary()["sightings"]:
        sys.exit("a second reading counted %d again" % summary()["sightings"])
    row("the same log once more, nothing new", "%.0f /s" % (count / again_wall), "wall; %.1f s of CPU" % again_cpu)
    row("size of the store", "%.0f MB" % (os.path.getsize(store) / 1e6), "%.0f bytes a sighting" % (os.path.getsize(store) / count))


def measure_rival():
    rival = sqlite3.connect(work + "/rival.sqlite", isolation_level=None)
    rival.execute("PRAGMA journal_mode = DELETE")
    rival.execute("PRAGMA synchronous = EXTRA")
    rival.execute("CREATE TABLE sighting(id BLOB PRIMARY KEY, alert INTEGER NOT NULL) STRICT, WITHOUT ROWID")
    start = time.monotonic()
    for first in range(0, count, 1000):
        rival.execute("BEGIN IMMEDIATE")
        rows = ((number.to_bytes(16, "big"),) for number in range(first, min(count, first + 1000)))
        rival.executemany("INSERT OR IGNORE INTO sighting VALUES (?, 1)", rows)
        rival.execute("COMMIT")
    row("SQLite alone, bare rows", "%.0f /s" % (count / (time.monotonic() - start)), "wall; batches of 1000, the same durability")


def best(name, *arguments):
    """The best of five: CPU, which a busy machine does not stretch, and the wall."""
    tries = [run(*arguments) for _ in range(5)]
    row(name, "%.0f ms" % (min(t[0] for t in tries) * 1000), "wall %.0f ms" % (min(t[1] for t in tries) * 1000))
    return tries[0][3]


def measure_questions():
    row("a process alone (--version)", "%.0f ms" % (min(run("--version")[0] for _ in range(5)) * 1000), "CPU; contained in the following")
    first = json.loads(run("alerts", "list", "--json", "--limit", "1")[3])
    closed = [json.loads(line)["alert_id"] for line in run("alerts", "list", "--json", "--limit", "7")[3].splitlines()]
    run("alerts", "close", *closed, "--reason", "bench")
    cpu, wall, _, listing = run("alerts", "list", "--json")
    everything = [json.loads(line) for line in listing.splitlines()]
    if len(everything) != alerts or sum(alert["count"] for alert in everything) != count:
        sys.exit("the list has %d alerts" % len(everything))
    row("alerts list: all of them", "%.1f s" % cpu, "CPU; wall %.1f s, %d lines" % (wall, alerts))
    ranks = ["informational", "low", "medium", "high", "critical"]
    asset, value, middle = first["asset"], first["indicator"]["value"], everything[alerts // 2]["last_seen"]
    old = everything[-1]["last_seen"]
    questions = {
        "the newest": ([], lambda a: True),
        "medium and above": (["--min-severity", "medium"], lambda a: ranks.index(a["severity"]) >= 2),
        "critical": (["--min-severity", "critical"], lambda a: a["severity"] == "critical"),
        "of one asset": (["--asset", asset], lambda a: a["asset"] == asset),
        "of one indicator": (["--indicator", value], lambda a: a["indicator"]["value"] == value),
        "of one feed": (["--feed", "beta"], lambda a: "beta" in a["feeds"]),
        "of a feed that is not there": (["--feed", "nobody"], lambda a: False),
        "of one actor": (["--actor", "ta-kimsuky"], lambda a: any(b["id"] == "ta-kimsuky" for b in a["actors"])),
        "of all below an umbrella": (["--actor", "ta-rgb"], lambda a: any("ta-rgb" in [b["id"], *b.get("parents", [])] for b in a["actors"])),
        "of an actor that is not there": (["--actor", "ta-nobody"], lambda a: False),
        "that are new": (["--status", "new"], lambda a: a["status"] == "new"),
        "that are closed": (["--status", "closed"], lambda a: a["status"] == "closed"),
        "since the middle": (["--since", middle], lambda a: a["last_seen"] >= middle),
        "until long ago": (["--until", old], lambda a: a["first_seen"] < old),
        "of a type that is not there": (["--type", "sha256"], lambda a: False),
        "critical of one asset": (["--asset", asset, "--min-severity", "critical"], lambda a: a["asset"] == asset and a["severity"] == "critical"),
        "closed and critical of one feed": (["--status", "closed", "--min-severity", "critical", "--feed", "alpha"],
                                            lambda a: a["status"] == "closed" and a["severity"] == "critical" and "alpha" in a["feeds"]),
        "of one asset, severity, feed and time": (
            ["--asset", asset, "--min-severity", "medium", "--feed", "beta", "--since", middle],
            lambda a: a["asset"] == asset and ranks.index(a["severity"]) >= 2 and "beta" in a["feeds"] and a["last_seen"] >= middle),
    }
    for name, (arguments, holds) in questions.items():
        answer = best("alerts list: " + name, "alerts", "list", "--json", "--limit", "50", *arguments)
        told = [json.loads(line)["alert_id"] for line in answer.splitlines()]
        expected = [alert["alert_id"] for alert in everything if holds(alert)][:50]
        # Alerts last seen at one moment may stand in any order.
        if len(told) != len(expected) or (len(expected) < 50 and set(told) != set(expected)):
            sys.exit("alerts list %s: %d alerts, %d of them expected" % (" ".join(arguments), len(told), len(set(told) & set(expected))))
        known = {alert["alert_id"]: alert for alert in everything}
        if [known[a]["last_seen"] for a in told] != [known[a]["last_seen"] for a in expected] or not all(holds(known[a]) for a in told):
            sys.exit("alerts list %s: other alerts than expected" % " ".join(arguments))
    best("alerts show", "alerts", "show", first["alert_id"])
    best("status", "status")
    best("status --metrics", "status", "--metrics")


def measure_output():
    cpu, wall, _, _ = run("report", "--html", work + "/report.html")
    row("report --html", "%.0f ms" % (cpu * 1000), "CPU; wall %.0f ms, %.0f kB" % (wall * 1000, os.path.getsize(work + "/report.html") / 1000))
    for format_ in ["ecs", "stix"]:
        target = work + "/out." + format_
        cpu, wall, _, _ = run("export", "--quiet", "--to", target, "--as", format_)
        lines = sum(1 for _ in open(target, "rb"))
        if format_ == "ecs" and lines != alerts:
            sys.exit("%d of %d alerts exported" % (lines, alerts))
        row("export to a file as " + format_, "%.0f /s" % (alerts / cpu), "CPU; wall %.1f s, %d lines" % (wall, lines))
        best("export again, nothing new", "export", "--quiet", "--to", target, "--as", format_)
        if sum(1 for _ in open(target, "rb")) != lines:
            sys.exit("a second export wrote again")
    best("status, with two destinations", "status")


try:
    # In a process of its own, so that this one stays small.
    writer = os.fork()
    if writer == 0:
        write_inputs()
        os._exit(0)
    if os.waitpid(writer, 0)[1] != 0:
        sys.exit("the inputs could not be written")
    print("%d sightings, %d alerts on %d days, %d indicators; %d CPUs\n" % (count, alerts, days, indicators, os.cpu_count()))
    print("| what | figure | note |\n|---|---|---|")
    measure_commit()
    measure_rival()
    measure_questions()
    measure_output()
finally:
    shutil.rmtree(work, ignore_errors=True)
