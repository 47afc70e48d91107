#!/usr/bin/env python3
"""What a log costs that is one token over and over: bench/floods.py UKAI-SCAN [--sizes 10k,typed] [--mib 64] [--only name,name] [--keep FOLDER]

Whoever writes a log may fill it with whatever is dear to look at. Each flood is one kind of token (defanged names, escapes, IPv6, digests,
mail, package mentions, single bytes …), twelve a line, from a fixed seed, and a listed indicator in the last line, in the flood's own spelling: a
run in which it is not found, or anything else is, fails. MB/s of CPU, user and system, of the fastest pass, without the start of the process; the first row
is the bench's mixed log, and `share` is the part of its speed that a flood leaves. Prints a table and writes bench/results/floods.json.
"""
import argparse, json, os, random, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
import generate

DOMAIN = next(value for kind, value in map(generate.indicator, range(1000)) if kind == "domain" and value.count(".") == 1 and "-" not in value)
SITE = next(value for kind, value in map(generate.indicator, range(1000)) if kind == "url").split("/")[2]
IPV6 = next(value for kind, value in map(generate.indicator, range(1000)) if kind == "ipv6")
DIGEST = next(value for kind, value in map(generate.indicator, range(1000)) if kind == "hash")
REPOSITORY = "github.com/example-owner"


def floods(r):
    """Name → (what makes a token, how the planted name is spelled behind it)."""
    n = lambda: r.randrange(10**6)
    octet = lambda: r.randrange(256)
    hexa = lambda count: f"{r.getrandbits(4 * count):0{count}x}"
    base58 = lambda count: "".join(r.choice(generate.BASE58) for _ in range(count))
    quad = lambda dot=".": dot.join(map(str, (r.choice([5, 23, 34, 52]), octet(), octet() | 1, octet())))
    counted = lambda name: "".join(f"({len(label)}){label}" for label in name.split(".")) + "(0)"
    plain = DOMAIN
    bracketed = DOMAIN.replace(".", "[.]")
    percent = DOMAIN.replace(".", "%2e")
    escaped = DOMAIN.replace(".", "\\u002e")
    return {
        "names": (lambda: f"{n():x}.{n():x}.example.com", plain),
        "short names": (lambda: f"{r.choice('abcdefgh')}.{r.choice(['com', 'net', 'org'])}", plain),
        "many labels": (lambda: "a.a.a.a.a.a.a.a.com", plain),
        "words": (lambda: f"{r.getrandbits(50):x}", plain),
        "IPv4": (quad, plain),
        "hardware addresses": (lambda: ":".join(hexa(2) for _ in range(6)), plain),
        "digests": (lambda: hexa(r.choice([32, 40, 64])), DIGEST),
        "UUIDs": (lambda: "-".join(map(hexa, (8, 4, 4, 4, 12))), plain),
        "wallets": (lambda: "1" + base58(33), plain),
        "EVM wallets": (lambda: "0x" + hexa(40), plain),
        "CVEs": (lambda: f"CVE-2024-{r.randrange(1000, 100000)}", plain),
        "exploits": (lambda: f"CVE-2024-{r.randrange(1000, 100000)}-poc", plain),
        "mail": (lambda: f"user{n()}@mail{n()}.com", plain),
        "URLs": (lambda: f"https://site{n()}.com/a/b{n()}?q={n()}", plain),
        "URLs of a listed site": (lambda: f"http://{SITE}/a/b{n()}?q={n()}", plain),
        "a listed site alone": (lambda: SITE, plain),
        "a listed site and paths apart": (lambda: f"{SITE} /a{n()}", plain),
        "URLs of a listed site, no blank": (lambda: "".join(f"http://{SITE}/a/b{n()}?q={n()}" for _ in range(100)), plain),
        "names below a listed site": (lambda: f"a{n()}.{SITE}", plain),
        "name@version": (lambda: f"name{n()}@{octet()}.{octet()}.{octet()}", plain),
        "requirements": (lambda: f"name{n()}=={octet()}.{octet()}", plain),
        "repositories": (lambda: f"github.com/owner{n()}/name{n()}", plain),
        "repositories of one owner": (lambda: f"{REPOSITORY}/name{n()}", plain),
        "installs": (lambda: f"npm i name{n()}", plain),
        "quoted": (lambda: f'"key{n()}":"value{n()}",', f'"{plain}"'),
        "IPv6": (lambda: ":".join(f"{r.getrandbits(16):x}" for _ in range(8)), IPV6),
        "IPv6, short": (lambda: f"2001:db8:{hexa(4)}::{hexa(3)}", IPV6),
        "IPv6 before a port": (lambda: f"[2001:db8::{hexa(4)}]:{r.randrange(1, 65536)}", IPV6),
        "colons": (lambda: "::::::::", plain),
        "c++ names": (lambda: f"std::vector{n()}::at", plain),
        "URLs in JSON": (lambda: f"http:\\/\\/a{n()}.com\\/x", plain),
        "\\u0065": (lambda: "".join(f"\\u{ord(c):04x}" for c in f"a{n()}.com"), escaped),
        "JSON in JSON": (lambda: f'{{\\"key\\":\\"value{n()}\\",\\"n\\":{n()}}}', f'\\"{plain}\\"'),
        "JSON in JSON in JSON": (lambda: f'\\\\\\"key\\\\\\":\\\\\\"value{n()}\\\\\\"', plain),
        "backslashes": (lambda: "\\" * 12, plain),
        "Windows paths": (lambda: f"C:\\\\Users\\\\u{n()}\\\\x{n()}.dat", plain),
        "\\n": (lambda: f"line{n()}\\n", plain),
        "\\xXX": (lambda: f"\\x{hexa(2)}\\x{hexa(2)}a{n()}", plain),
        "%XX": (lambda: f"a%2e{n()}%20b", percent),
        "%XX only": (lambda: "".join(f"%{ord(c):02x}" for c in f"a{n()}.com"), percent),
        "%25%32%35": (lambda: "%25%32%35" * 3, percent),
        "percent signs": (lambda: "%%%%%%%%", percent),
        "defanged names": (lambda: f"a{n()}[.]com", bracketed),
        "defanged URLs": (lambda: f"hxxp://a{n()}[.]com/x", "hxxp://" + bracketed + "/x"),
        "defanged quads": (lambda: quad("[.]"), bracketed),
        "defanged mail": (lambda: f"user{n()}[at]a{n()}[.]com", bracketed),
        "(dot)": (lambda: f"a{n()}(dot)com", DOMAIN.replace(".", "(dot)")),
        "spaced dots": (lambda: f"a{n()} [.] com", DOMAIN.replace(".", " [.] ")),
        "dot": (lambda: f"a{n()} dot com", bracketed),
        "hxxp": (lambda: "hxxp", bracketed),
        "hxxps[:]//": (lambda: f"hxxps[:]//a{n()}.com", "hxxps[:]//" + bracketed),
        "[.]": (lambda: "[.]", bracketed),
        "[.][.][.]": (lambda: "[.][.][.][.]", bracketed),
        "escaped dots": (lambda: f"a{n()}\\.com", DOMAIN.replace(".", "\\.")),
        "lengths before labels": (lambda: counted(f"a{n()}.example.com"), counted(DOMAIN)),
        "lengths without labels": (lambda: "(4)(63)(7)a(0)", counted(DOMAIN)),
        "brackets": (lambda: "[](){}<>" * 2, bracketed),
        "defanged IPv6": (lambda: f"2001[:]db8[:]{hexa(4)}[:][:]{hexa(3)}", bracketed),
        "at signs": (lambda: "@@@@@@@@", plain),
        "://": (lambda: "://://://", plain),
        "xn--": (lambda: f"xn--a{n()}-kva.com", plain),
        "umlauts": (lambda: f"b\u00fccher{n()}.com", plain),
        "umlauts, no blank": (lambda: "".join(f"b\u00fccher{n()}.com/" for _ in range(100)), plain),
        "ideographs": (lambda: f"\u4f8b{n()}\u3002com", plain),
        "words with umlauts": (lambda: f"\u00fcber{n()}", plain),
        "zero-width": (lambda: f"a\u200b{n()}\u200b.com", plain),
        "zero-width, defanged": (lambda: f"a\u200b{n()}[.]com", bracketed),
        "UTF-16 in bytes": (lambda: "".join(c + "\0" for c in f"a{n()}.com"), plain),
        "dots": (lambda: "." * 12, plain),
        "one byte": (lambda: "a" * 40, plain),
        "digits": (lambda: "7" * 40, plain),
        "invalid UTF-8": (lambda: "\udcff\udcfe\udc80a" * 3, plain),
    }


def write(path, token, planted, mib):
    """A flood of so many MiB: one of 4 MiB over and over, and the planted line."""
    lines, size = [], 0
    while size < 4 << 20:
        lines.append(" ".join(token() for _ in range(12)).encode("utf-8", "surrogateescape") + b"\n")
        size += len(lines[-1])
    body = b"".join(lines)
    with open(path, "wb") as out:
        for _ in range(max(1, mib // 4)): out.write(body)
        out.write(" ".join([token() for _ in range(5)] + [planted] + [token() for _ in range(5)]).encode("utf-8", "surrogateescape") + b"\n")
    return len(lines) * max(1, mib // 4) + 1


def run(command):
    """Records on standard output, and CPU seconds."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        output.seek(0)
        return [json.loads(line) for line in output], usage.ru_utime + usage.ru_stime


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("ukai_scan")
    arguments.add_argument("--sizes", default="10k,typed")
    arguments.add_argument("--mib", type=int, default=64)
    arguments.add_argument("--passes", type=int, default=2)
    arguments.add_argument("--only", default="")
    arguments.add_argument("--keep", help="a folder in which the floods stay")
    arguments.add_argument("--out", default=os.path.join(here, "results", "floods.json"))
    options = arguments.parse_args()
    sizes = options.sizes.split(",")
    indexes = {size: os.path.join(here, "data", f"{size}.ukx") for size in sizes}
    for size, index in indexes.items():
        if not os.path.exists(index): sys.exit(f"error: {index} is missing; 'bench/run --sizes {size}' makes it")
    only = {name for name in options.only.split(",") if name}
    rows, wrong = {}, 0
    with tempfile.TemporaryDirectory(prefix="ukai-floods-") as scratch:
        folder = options.keep or scratch
        os.makedirs(folder, exist_ok=True)
        empty = os.path.join(scratch, "empty")
        open(empty, "wb").write(b"nothing\n")
        mixed = os.path.join(here, "data", "mixed-64.log")
        if not os.path.exists(mixed): subprocess.run([sys.executable, os.path.join(here, "generate.py"), "log", "mixed", "64", mixed], check=True)

        def measure(name, path, last=None, planted=None):
            nonlocal wrong
            rows[name] = {}
            for size, index in indexes.items():
                command = [options.ukai_scan, "--index", index, "--no-store", "--json"]
                start = min(run(command + [empty])[1] for _ in range(3))
                passes = [run(command + [path]) for _ in range(options.passes)]
                rows[name][size] = round(os.path.getsize(path) / max(1e-3, min(seconds for _, seconds in passes) - start) / 1e6)
                if last is None: continue
                found = [(record["match"]["line"], record["indicator"]["value"]) for record in passes[0][0] if "match" in record]
                if found != [(last, planted)]:
                    wrong += 1
                    print(f"wrong: {name}, {size}: {len(found)} sightings, {found[:3]} instead of {(last, planted)}")

        measure("mixed log", mixed)
        print(f"{'':28}" + "".join(f"{size:>10}{'share':>8}" for size in sizes))
        for name, (token, spelled) in {"mixed log": (None, None), **floods(random.Random(1))}.items():
            if only and name not in only and name != "mixed log": continue
            if token:
                path = os.path.join(folder, "".join(c if c.isalnum() else f"_{ord(c):x}" for c in name))
                last = write(path, token, spelled, options.mib)
                measure(name, path, last, next((value for value in (IPV6, DIGEST) if value == spelled), DOMAIN))
                if not options.keep: os.remove(path)
            print(f"{name:28}" + "".join(f"{rows[name][size]:10}{100 * rows[name][size] // max(1, rows['mixed log'][size]):7}%" for size in sizes), flush=True)
    below = {name: row for name, row in rows.items() if any(3 * row[size] < rows["mixed log"][size] for size in sizes)}
    print(f"{len(rows) - 1} floods, {len(below)} below a third of the mixed log's speed: " + (", ".join(below) or "none"))
    os.makedirs(os.path.dirname(options.out), exist_ok=True)
    with open(options.out, "w") as out: json.dump({"unit": "MB/s of CPU", "mib": options.mib, "floods": rows}, out, indent=1)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__": main()
