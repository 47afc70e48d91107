#!/usr/bin/env python3
"""What a list costs that is made to be dear: bench/adversarial.py MATCHER UKAI [--values 300000] [--mib 64] [--passes 5] [--only name,name]

Who may put values into a feed knows what logs are full of: the names that all visit, the words that agents and daemons write. He does not know the log that
will be scanned, nor the index's seed. So the lists are made from a log of another seed than the one that is scanned. Each is measured beside a list of as many
values of the same types that the bench's generator invents, in turns: MB/s of CPU of the fastest pass of `ukai scan`, without its start, and `share`, the part of
the other list's speed that is left; `alone` is the same of the matcher alone, without reading the log. What the scanned log holds of a list is taken out of it
first, for a hit costs what it costs in any list. Compiling the two lists is compared too: CPU seconds and peak memory.

At least half the speed, at most twice the time and the memory: what is beyond fails the run. Prints a table and writes bench/results/adversarial.json.
"""
import argparse, collections, json, os, random, re, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
import generate

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def beginning(r, count):
    return "".join(r.choice(LETTERS) for _ in range(count))


class Attacker:
    """What he makes of a log that he has seen."""

    def __init__(self, log, values):
        self.log, self.values = log, values
        self.names = [generate.register(place) for place in range(generate.HOSTS)]

    def ends(self, length, count):
        """The most frequent texts of so many bytes that end with a word."""
        seen = collections.Counter()
        for match in re.finditer(rb"[A-Za-z0-9](?![A-Za-z0-9])", self.log):
            text = self.log[max(0, match.end() - length):match.end()]
            if len(text) == length and all(32 <= byte < 127 and byte not in b'",' for byte in text):
                seen[text] += 1
        return [text.decode() for text, _ in seen.most_common(count)]

    def texts(self, length, beginnings):
        """Beginnings of 2 to 15 invented letters before each end."""
        r = random.Random(6)
        for end in self.ends(length, self.values // beginnings):
            for number in range(beginnings):
                yield beginning(r, 2 + number % 14) + end, "mutex"

    def changed(self):
        """The log's own texts, the third byte another."""
        r = random.Random(7)
        for text in self.ends(25, self.values):
            for start in range(2, 13):
                if not (text[start].isalnum() and text[start - 1].isalnum()):
                    yield text[start:start + 2] + r.choice(LETTERS.replace(text[start + 2].lower(), "")) + text[start + 3:], "mutex"

    def hosts(self):
        for place in range(self.values // 2):
            name = self.names[place % len(self.names)]
            yield f"http://{name}/zzz/{place}", "url"
            yield f"zz{place}.{name}", "domain"

    def mail(self):
        for place in range(self.values):
            yield f"zz{place}@{self.names[place % len(self.names)]}", "email"

    def addresses(self):
        """Others of the same /24."""
        seen = {quad.rpartition(b".")[0].decode() for quad in re.findall(rb"(?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.])", self.log)}
        networks = sorted(seen)
        for place in range(self.values):
            yield f"{networks[place % len(networks)]}.{(place // len(networks) * 7 + 3) % 256}", "ipv4"

    def lists(self):
        lists = {f"{self.values // 1000}k ends of {length} bytes": (lambda length=length: self.texts(length, 1), mutexes) for length in (8, 12, 24, 64)}
        for count in (15, 50, 200, 1000, 5000):
            lists[f"{count} beginnings for each end"] = (lambda count=count: self.texts(8, count), mutexes)
        for length in (12, 16, 24):
            lists[f"50 beginnings, ends of {length} bytes"] = (lambda length=length: self.texts(length, 50), mutexes)
        lists["the log's texts with one byte changed"] = (self.changed, mutexes)
        lists["a URL and a name below each name"] = (self.hosts, indicators)
        lists["mail addresses at each name"] = (self.mail, mail)
        lists["neighbours of addresses"] = (self.addresses, addresses)
        return lists


def mutexes(r):
    return "Global\\" + generate.word(r, 3) + str(r.randrange(100, 100_000)), "mutex"


def indicators(r):
    kind, value = generate.indicator(r.randrange(10**9))
    return value, ""


def mail(r):
    return f"{generate.word(r, 2)}{r.randrange(1000)}@{generate.word(r, 3)}.example", "email"


def addresses(r):
    return f"{r.randrange(1, 224)}.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(256)}", "ipv4"


def write(path, values, count):
    """Beside ten thousand values of the bench's set and six thousand texts, as in `generate.py typed`."""
    generate.write_typed(10_000, path)
    with open(path, "a") as out:
        seen = set()
        for value, kind in values:
            if len(seen) >= count:
                break
            if value not in seen:
                seen.add(value)
                out.write(f"{value},{kind}\n")
    return len(seen)


# In a process of its own: a child's peak begins with what its parent had.
MEASURE = """
import os, resource, subprocess, sys
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(status, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""


def measured(*command):
    """CPU seconds and peak kibibytes of a command."""
    status, seconds, peak = subprocess.run([sys.executable, "-c", MEASURE, *command], capture_output=True, text=True, check=True).stdout.split()
    # 3: some values of a list are refused, as too generic; the index is made of the others.
    if status not in ("0", "3"):
        sys.exit(f"{' '.join(command)} ended with {status}")
    return float(seconds), int(peak)


def compiled(ukai, source, target):
    return measured(ukai, "index", "build", "--from", source, "--out", target, "--state", os.path.dirname(target))


def scanned(ukai, index, log):
    """CPU seconds of a scan."""
    return measured(ukai, "scan", "--index", index, "--no-store", log)[0]


def found(ukai, index, log):
    """The values that a log holds, folded, and how often."""
    result = subprocess.run([ukai, "scan", "--index", index, "--no-store", "--json", log], capture_output=True)
    return collections.Counter(json.loads(line)["indicator"]["value"].lower() for line in result.stdout.splitlines())


def without(path, values):
    with open(path) as lines:
        kept = [line for line in lines if line.rpartition(",")[0].strip().lower() not in values]
    with open(path, "w") as out:
        out.writelines(kept)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("matcher")
    parser.add_argument("ukai")
    parser.add_argument("--values", type=int, default=300_000)
    parser.add_argument("--mib", type=int, default=64)
    parser.add_argument("--passes", type=int, default=5)
    parser.add_argument("--only")
    options = parser.parse_args()
    rows, failures = [], 0
    with tempfile.TemporaryDirectory() as folder:
        path = lambda name: os.path.join(folder, name)
        generate.write_log("mixed", options.mib << 20, path("scanned.log"), 1)
        generate.write_log("mixed", 24 << 20, path("seen.log"), 2)
        with open(path("seen.log"), "rb") as log:
            attacker = Attacker(log.read(), options.values)
        planted = set(found_in_base(options.ukai, path))
        open(path("empty.log"), "w").close()
        print(f"{'list':<34}{'values':>8}{'MB/s':>6}{'other':>6}{'share':>7}{'alone':>7}{'other':>6}{'share':>7}{'CPU s':>7}{'other':>6}{'MiB':>5}{'other':>6}")
        for name, (values, other) in attacker.lists().items():
            if options.only and name not in options.only.split(","):
                continue
            count = write(path("own.csv"), values(), options.values)
            r = random.Random(11)
            write(path("other.csv"), iter(lambda: other(r), None), count)
            dropped, cost = {}, {}
            for which in ("own", "other"):
                files = path(f"{which}.csv"), path(f"{which}.ukx")
                compiled(options.ukai, *files)
                held = set(found(options.ukai, files[1], path("scanned.log"))) - planted
                without(files[0], held)
                dropped[which], cost[which] = len(held), compiled(options.ukai, *files)
            own_cost, other_cost = cost["own"], cost["other"]
            scan, start, alone, hits = ({"own": float("inf"), "other": float("inf")} for _ in range(4))
            for _ in range(options.passes):
                for which in scan:
                    index = path(f"{which}.ukx")
                    scan[which] = min(scan[which], scanned(options.ukai, index, path("scanned.log")))
                    start[which] = min(start[which], scanned(options.ukai, index, path("empty.log")))
                    seconds, hits[which] = subprocess.run([options.matcher, index, path("scanned.log"), "3"], capture_output=True, text=True, check=True).stdout.split()[:2]
                    alone[which] = min(alone[which], float(seconds))
            if hits["own"] != hits["other"]:
                sys.exit(f"{name}: {hits['own']} hits beside {hits['other']} of the other list")
            size = os.path.getsize(path("scanned.log")) / 1e6
            speed = {which: size / (scan[which] - start[which]) for which in scan}
            share, share_alone = speed["own"] / speed["other"], alone["other"] / alone["own"]
            kept = share >= 0.5 and own_cost[0] <= 2 * other_cost[0] and own_cost[1] <= 2 * other_cost[1]
            failures += not kept
            rows.append({"list": name, "values": count, "dropped": dropped["own"], "dropped_of_other": dropped["other"], "hits": int(hits["own"]), "mb_per_second": round(speed["own"]), "other": round(speed["other"]),
                         "share": round(share, 3), "matcher_alone": round(size / alone["own"]), "matcher_alone_of_other": round(size / alone["other"]), "share_alone": round(share_alone, 3),
                         "compile_cpu_seconds": round(own_cost[0], 2), "compile_cpu_seconds_of_other": round(other_cost[0], 2), "compile_peak_kib": own_cost[1], "compile_peak_kib_of_other": other_cost[1]})
            print(f"{name:<34}{count:>8}{speed['own']:>6.0f}{speed['other']:>6.0f}{share:>7.0%}{size / alone['own']:>7.0f}{size / alone['other']:>6.0f}{share_alone:>7.0%}"
                  f"{own_cost[0]:>7.2f}{other_cost[0]:>6.2f}{own_cost[1] // 1024:>5}{other_cost[1] // 1024:>6}" + ("" if kept else "  beyond two times"), flush=True)
    os.makedirs(os.path.join(here, "results"), exist_ok=True)
    with open(os.path.join(here, "results", "adversarial.json"), "w") as out:
        json.dump(rows, out, indent=1)
    print("every list is within two times" if failures == 0 else f"{failures} lists are beyond two times")
    sys.exit(failures != 0)


def found_in_base(ukai, path):
    """What the scanned log holds of the values that all lists have in common."""
    write(path("base.csv"), iter(()), 0)
    compiled(ukai, path("base.csv"), path("base.ukx"))
    return found(ukai, path("base.ukx"), path("scanned.log"))


if __name__ == "__main__":
    main()
