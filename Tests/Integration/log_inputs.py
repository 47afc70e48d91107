"""Every awkward log that `ukai scan` must read, one case each: what is found, the exit status, and that no byte goes unaccounted for.

Usage: log_inputs.py UKAI [long]
"""
import gzip, json, os, random, re, struct, subprocess, sys, tempfile, zlib

ukai, is_long = os.path.abspath(sys.argv[1]), len(sys.argv) > 2
scratch = tempfile.TemporaryDirectory(prefix="ukai-inputs-")
os.chdir(scratch.name)
VALUES = ["evil.example", "203.0.113.77", "2001:db8::bad", "http://bad.example/a.b", "bücher.example", "d41d8cd98f00b204e9800998ecf84270"]
open("values.txt", "w").write("\n".join(VALUES) + "\n")
subprocess.run([ukai, "index", "build", "--from", "values.txt", "--out", "x.ukx"], check=True, capture_output=True)
failed = 0


# Starts a command and writes its peak memory, in KiB, and its seconds of CPU. A process of its own, for the system counts what the starting process held as the
# started one's, and this script holds much.
MEASURE = """import os, sys
child = os.fork()
if child == 0: os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(child, 0)
open("peak", "w").write(f"{usage.ru_maxrss} {usage.ru_utime}")
os._exit(os.waitstatus_to_exitcode(status) & 255)"""


def report(name, problems):
    global failed
    failed += bool(problems)
    print(f"not ok - {name}: {'; '.join(problems)}" if problems else f"ok - {name}", flush=True)


def scan(*paths, stdin=None, text=False, extra=()):
    """Sightings or text lines, exit status, summary, peak memory in KiB; `scan.seconds` are its seconds of CPU."""
    command = [ukai, "scan", "--no-store", "--index", "x.ukx", "--summary", "summary.json", *([] if text else ["--json"]), *extra, "--", *paths]
    with open("out", "wb") as output, open("err", "wb") as errors:
        process = subprocess.run([sys.executable, "-ISc", MEASURE, *command], stdin=stdin or subprocess.DEVNULL, stdout=output, stderr=errors)
    peak, scan.seconds = map(float, open("peak").read().split())
    out = open("out", "rb").read()
    found = out if text else [json.loads(line) for line in out.splitlines()]
    return found, process.returncode, json.load(open("summary.json")) if process.returncode in (0, 3, 10) else {}, peak


def case(name, content, expected, status=0, file="log.txt", check=None, memory=None, seconds=None):
    """expected: the number of sightings."""
    if content is not None: open(file, "wb").write(content)
    found, code, summary, peak = scan(file)
    problems = []
    if len(found) != expected: problems.append(f"{len(found)} sightings, not {expected}")
    if code != status: problems.append(f"status {code}, not {status}: {open('err').read()[:150]}")
    size = os.path.getsize(file)
    if summary and summary["stored_bytes"] + summary["bytes_skipped"] != size:
        problems.append(f"{summary['stored_bytes']} bytes read and {summary['bytes_skipped']} skipped of {size}")
    if status == 3 and summary and not summary["files_skipped"]: problems.append("nothing is named as skipped")
    if memory and peak > memory * 1024: problems.append(f"peak memory {peak / 1024:.0f} MiB, not {memory}")
    if seconds and scan.seconds > seconds: problems.append(f"{scan.seconds:.1f} s of CPU, not {seconds}")
    if check: problems += [text for text in check(found, summary) if text]
    report(name, problems)
    os.remove(file)


def at(*offsets, lines=None):
    def check(found, summary):
        if [s["match"]["offset"] for s in found] != list(offsets): yield f"offsets {[s['match']['offset'] for s in found][:5]}, not {offsets[:5]}"
        if lines and [s["match"]["line"] for s in found] != list(lines): yield f"lines {[s['match']['line'] for s in found][:5]}, not {lines[:5]}"
    return check


hit = b"x evil.example y\n"
# 74 NUL
case("a NUL before, inside and after", b"\0\0a evil.example\0b\n\0\nc\0evil.example d\n", 2, check=at(4, 23))
case("a hole of 8 MiB of zeros", b"a\n" + b"\0" * (8 << 20) + b"\n" + hit, 1, check=at((8 << 20) + 5))
# 75 encodings
case("invalid, overlong and Latin-1 bytes", b"\xff\xfe\xfd evil.example\n\xc0\xae evil.example\ncaf\xe9 evil.example\n\xed\xa0\x80 evil.example\n", 4)
# 76 UTF-16
for order, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
    prefix = "Zeile eins äöü 𝒳\r\nuser "
    text = (prefix + "evil.example x\r\n" * 2).encode(order)
    place = 2 + len(prefix.encode(order))
    def check(found, summary, place=place):
        if found and (found[0]["match"]["offset"] != place or found[0]["match"]["length"] != 24 or found[0]["match"]["view"] != "utf16"): yield str(found[0]["match"])
        if found and found[1]["match"]["line"] != 3: yield "line " + str(found[1]["match"]["line"])
    case(f"{order} with its mark", mark + text, 2, check=check)
    case(f"{order} without a mark", ("time level message goes here, all ASCII\r\n" * 3 + "evil.example\r\n").encode(order), 1,
         check=at(2 * 41 * 3))
case("utf-16 of several MiB, offsets in the original", b"\xff\xfe" + ("abcdé 1234567890\r\n" * 200000 + "evil.example\r\n").encode("utf-16-le"), 1,
     check=at(2 + 2 * 18 * 200000, lines=[200001]))
case("utf-16, gzipped", gzip.compress(b"\xff\xfe" + ("é\n" * 10 + "evil.example\n").encode("utf-16-le")), 1, check=at(2 + 2 * 20), file="u.gz")
# 77 line ends
case("no newline at the end", b"one\nevil.example", 1, check=at(4, lines=[2]))
case("CRLF", b"one\r\ntwo evil.example\r\n", 1, check=lambda f, s: [f[0]["event"]["raw"] != "two evil.example" and f[0]["event"]["raw"]])
case("CR alone", b"10%\r50%\rbad evil.example\r100%\rend\n", 1, check=lambda f, s: [f[0]["event"]["raw"] != "bad evil.example" and f[0]["event"]["raw"]])
# 78 empty
case("an empty file", b"", 0)
case("a million empty lines", b"\n" * 1000000 + hit, 1, check=at(1000002, lines=[1000001]))
# 79 long lines
long_line = b"A" * (16 << 20) + b" evil.example " + b"B" * (16 << 20) + b" 203.0.113.77\n" + hit
case("a line of 32 MiB", long_line, 3, check=at((16 << 20) + 1, (32 << 20) + 15, (32 << 20) + 30, lines=[1, 1, 2]), memory=128)
if is_long:
    with open("giant.log", "wb") as file:
        for _ in range(1024): file.write(b"C" * (1 << 20))
        file.write(b" evil.example\n" + hit)
    case("a line of 1 GiB", None, 2, file="giant.log", check=at((1 << 30) + 1, (1 << 30) + 16, lines=[1, 2]), memory=128)
# 80 borders
content, places = bytearray(), []
for border in [4096 * k for k in range(1, 20)] + [1 << 17, 1 << 18, 1 << 19, 1 << 20, (1 << 20) - (1 << 16), (1 << 20) - (1 << 15), 2 << 20]:
    for back in (1, 6, 11):
        if border - back <= len(content) + 2: continue
        content += b"z" * (border - back - len(content) - 1) + b" "
        places.append(len(content))
        content += b"evil.example "
case("indicators across every border, in one line", bytes(content), len(places), check=at(*places))
case("indicators across every border, in lines", bytes(content).replace(b"zz ", b"zz\n"), len(places), check=at(*places))
# 81 many hits
open("many.log", "wb").write(b"evil.example " * 200000 + b"\n")
out, code, summary, peak = scan("many.log", text=True)
report("200,000 hits in a line: each counted, one alert", [f"{summary['sightings']} sightings, {summary['new_alerts']} alerts, status {code}"] * (summary["sightings"] != 200000 or summary["new_alerts"] != 1 or code != 0)
       + [f"peak memory {peak / 1024:.0f} MiB"] * (peak > 300 * 1024))
# What one token of a run has around it is every other token of the run.
case("a line of names beyond ASCII without a blank", "ü.de/".encode() * 170_000 + b"\nevil.example\n", 1, memory=160, seconds=10)
for name, url in [("URLs of a listed site", "http://bad.example/x"), ("escaped ones", "http://bad.example/%41"), ("queries", "bad.example?")]:
    case(f"a line of {name} without a blank", (url * (500_000 // len(url))).encode() + b"\nevil.example\n", 1, seconds=10)
case("100,000 lines of hits", hit * 100000, 100000, memory=160, check=at(*range(2, 17 * 100000, 17)))
# 82, 83, 84 hostile text
hostile = b"\x1b[31m\x1b]8;;http://x\x07 \x9b31m \xe2\x80\xae \xc2\x9b evil.example %s%n%@ \x1b]52;c;QQ==\x07 CEF:0|a|b|c| <13>1 - \\n\"},{\"sighting_id\":\"1\"}\r\n"
open("hostile.log", "wb").write(hostile * 3)
out, code, _, _ = scan("hostile.log", text=True)
report("nothing of a log line commands a terminal", [f"control bytes {set(out) & (set(range(32)) - {10, 9} | {127})}"] * bool(set(out) & (set(range(32)) - {10, 9} | {127}))
       + ["C1 or bidi"] * bool(re.search("[\x80-\x9f\u202e]", out.decode())) + [f"{out.count(10)} lines"] * (out.count(b"\n") != 3))
found, code, _, _ = scan("hostile.log")
report("a line makes one record whatever it holds", [f"{len(found)}"] * (len(found) != 3) + ["raw"] * ("%s%n%@" not in found[0]["event"]["raw"]))
# 86 spellings, 87 near misses
case("case, root dot, percent, expanded IPv6, defanged", b"EVIL.Example\nevil.example.\nx=evil%2Eexample\n2001:0db8:0:0:0:0:0:0bad\nevil[.]example\nhxxp://bad[.]example/a.b\n", 6)
case("near misses", b"notevil.example\nevil.example.org.attacker.net\nevil.examples\nevil-example\n1203.0.113.77\n203.0.113.770\n203.0.113.77.5\nChrome/203.0.113.77\nv203.0.113.77\nevilexample\n", 0)
# 88, 89 floods and noise
case("floods of tokens", b"a.b.c.d.e.f." * 100000 + b"\n" + b"1.2.3." * 100000 + b"\n" + b"f" * 500000 + b"\n" + b"%2e" * 100000 + b"\n" + b"[.]" * 100000 + b"\n" + hit, 1)
random.seed(7)
open("noise", "wb").write(random.randbytes(3 << 20))
_, code, summary, _ = scan("noise")
report("random bytes", [f"status {code}"] * (code not in (0, 3)) + [str(summary)] * (summary["stored_bytes"] + summary["bytes_skipped"] != 3 << 20))
# 90 members, frames
def tool(*command, data): return subprocess.run(command, input=data, capture_output=True, check=True).stdout
case("two gzip members and zero padding", gzip.compress(hit) + gzip.compress(hit) + b"\0" * 512, 2, file="x.gz")
for name, command in (("xz", ["xz", "-c"]), ("bzip2", ["bzip2", "-c"]), ("zstd", ["zstd", "-qc"])):
    case(f"two {name} streams", tool(*command, data=hit) + tool(*command, data=hit), 2, file="x")
skippable = b"\x52\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"abcde"
case("skippable zstd frames before, between and after", skippable + tool("zstd", "-qc", data=hit) + skippable + tool("zstd", "-qc", data=hit) + skippable, 2, file="x")
# 91 damage
body = b"".join(b"line %d %s\n" % (i, b"evil.example" if i % 1000 == 7 else random.randbytes(8).hex().encode()) for i in range(20000))
for name, packed in (("gzip", gzip.compress(body)), ("xz", tool("xz", "-c", data=body)), ("bzip2", tool("bzip2", "-c", data=body * 8)), ("zstd", tool("zstd", "-qc", data=body))):
    open("cut", "wb").write(packed[: len(packed) * 3 // 4])
    found, code, summary, _ = scan("cut")
    report(f"a cut {name} file is read as far as it goes", [f"status {code}"] * (code != 3) + [f"{len(found)} found"] * (not 0 < len(found) < (160 if name == "bzip2" else 20))
           + [f"{summary['stored_bytes']}+{summary['bytes_skipped']}"] * (summary["stored_bytes"] + summary["bytes_skipped"] != os.path.getsize("cut")))
bad = bytearray(gzip.compress(hit)); bad[-6] ^= 1
case("a wrong gzip checksum: read, said, and the next member too", bytes(bad) + gzip.compress(hit), 2, status=3, file="x.gz")
case("garbage behind a gzip member", gzip.compress(hit) + b"garbage that is no gzip", 1, status=3, file="x.gz")
# 92 a window of 2 GiB: refused
frame = b"\x28\xb5\x2f\xfd\x00" + bytes([21 << 3]) + ((len(hit) << 3) | 1).to_bytes(3, "little") + hit
case("a zstd window of 2 GiB is refused, and read as bytes", frame, 1, status=3, file="x.zst")
frame = b"\x28\xb5\x2f\xfd\x00" + bytes([10 << 3]) + ((len(hit) << 3) | 1).to_bytes(3, "little") + hit
case("a zstd window of 1 MiB is not", frame, 1, file="x.zst")
# 93 bombs
with gzip.open("bomb.gz", "wb", 9) as file:
    for _ in range(2048 if is_long else 128): file.write(b"\0" * (1 << 20))
    file.write(b"\n" + hit)
case("a gzip bomb streams", None, 1, file="bomb.gz", memory=128)
# 94 extensions
case("gzip without its extension", gzip.compress(hit), 1, file="plain.log")
case("a plain log called .gz", hit, 1, file="x.gz")
case("a text that begins like a magic number", b"BZh9 is a name\n" + hit, 1, file="y")
case("a log that only pretends to be gzip", b"\x1f\x8b\x08\x00 not gzip at all\n" + hit, 1, status=3, file="z", check=lambda f, s: [s["bytes_skipped"] and "bytes are called skipped"])
# Beginnings that a log's writer may choose to hide what follows.
stored = b"\x00" + struct.pack("<HH", 6, 6 ^ 0xFFFF) + b"begin\n"
empty = b"\x03\x00" + b"\0" * 8
for name, start in (
    ("a bare gzip magic", b"\x1f\x8b\x08"), ("a gzip file name without end", b"\x1f\x8b\x08\x08 name"), ("a gzip extra field", b"\x1f\x8b\x08\x04\0\0\0\0\0\0\xff\xff"),
    ("an empty gzip member", b"\x1f\x8b\x08\0\0\0\0\0\0\3" + empty), ("a gzip member that stores a line", b"\x1f\x8b\x08\0\0\0\0\0\0\3" + stored),
    ("a zstd magic", b"\x28\xb5\x2f\xfd"), ("a huge zstd window", b"\x28\xb5\x2f\xfd\0\xa8"), ("a skippable zstd frame", b"\x50\x2a\x4d\x18\xff\xff\xff\x7f"),
    ("a skippable zstd frame of nothing", b"\x50\x2a\x4d\x18\0\0\0\0"), ("an xz magic", b"\xfd7zXZ\0"),
    ("an xz stream header", b"\xfd7zXZ\0\0\0" + struct.pack("<I", zlib.crc32(b"\0\0"))), ("a bzip2 magic", b"BZh91AY&SY"), ("a bzip2 end", b"BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0"),
):
    content = start + b" begins\n" + hit * 300
    case(f"{name} hides no line", content, 300, status=3, check=lambda f, s: [s["bytes_skipped"] and "bytes are called skipped"])
    read, write = os.pipe()
    os.write(write, content)
    os.close(write)
    found, code, _, _ = scan("-", stdin=read)
    os.close(read)
    report(f"{name} hides no line in a pipe", [f"{len(found)} found, status {code}"] * (len(found) != 300 or code != 3))
case("a zip file is said not to be read", b"PK\x03\x04" + b"\0" * 64, 0, status=3, file="w.zip")
# 95 names
for name in ("-rf --help.log", "new\nline.log", "quote'\"s.log", "$(id).log", "star*[x].log", os.fsdecode(b"bad\xff.log")):
    os.makedirs("names", exist_ok=True)
    # Each of other content: the same log under two names is matched once.
    open(os.path.join("names", name), "wb").write(b"%d " % len(os.listdir("names")) + hit)
found, code, summary, _ = scan("names")
report("strange names", [f"{len(found)} of {len(os.listdir('names'))}, status {code}"] * (len(found) != len(os.listdir("names")) or code != 0))
os.chdir("names"); open("../x.ukx", "rb"); os.symlink("../x.ukx", "x.ukx")
os.chdir("..")
found, code, _, _ = scan("-- not there", "names/star*[x].log")
report("a pattern that is a name, and a name that is not there", [f"{len(found)}, status {code}"] * (len(found) != 1 or code != 3))
# 96 no files
os.mkfifo("fifo"); os.symlink("nowhere", "dangling"); os.makedirs("empty"); open("good", "wb").write(hit); os.makedirs("tree"); os.mkfifo("tree/fifo"); os.symlink("../good", "tree/link"); open("tree/good", "wb").write(hit)
for path, reason in (("fifo", "fifo"), ("/dev/zero", "device"), ("dangling", "not-found")):
    found, code, summary, _ = scan(path, "good")
    report(f"{path} is skipped, the rest is read", [f"status {code}"] * (code != 3) + [f"{summary['files_skipped']}"] * ([s["reason"] for s in summary["files_skipped"]] != [reason]) + [str(len(found))] * (len(found) != 1))
found, code, summary, _ = scan("tree", "empty")
report("a directory is walked; a pipe and a link in it are said", [f"status {code} {summary['files_skipped']} {len(found)}"] * (code != 3 or len(summary["files_skipped"]) != 2 or len(found) != 1))
_, code, _, _ = scan("not-there")
report("only a missing log ends with 66", [str(code)] * (code != 66))
found, code, _, _ = scan("good", extra=["--fail-on-hit"])
report("--fail-on-hit ends with 10", [str(code)] * (code != 10))
found, code, summary, _ = scan("good", extra=["--min-severity", "critical"])
report("--min-severity leaves out and counts", [f"{code} {len(found)} {summary.get('below_severity')}"] * (code != 0 or found != [] or summary["below_severity"] != 1))
found, code, _, _ = scan("/dev/fd/0", stdin=open("good", "rb"))
report("what a shell's <(…) names is read as a stream", [f"{code} {len(found)}"] * (code != 0 or len(found) != 1))
# standard input: found at once
process = subprocess.Popen([ukai, "scan", "--no-store", "--index", "x.ukx", "--json", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
process.stdin.write(hit); process.stdin.flush()
line = process.stdout.readline()
process.stdin.write(b"later " + hit); process.stdin.flush()
second = process.stdout.readline()
process.stdin.close()
report("a find on standard input is printed at once", ["nothing"] * (json.loads(line)["match"]["line"] != 1 or json.loads(second)["match"]["line"] != 2) + ["status"] * (process.wait() != 0))
# jobs
os.makedirs("many")
for i in range(40): open(f"many/{i % 20:02}-{i // 20}", "wb").write(b"".join(b"%d evil.example %d\n" % (i % 20, j) for j in range(1 + i % 20 * 7)))
outputs = set()
for jobs in ("1", "2", "3", "8"):
    scan("many", extra=["--jobs", jobs]); outputs.add(open("out", "rb").read())
report("the same output whatever --jobs", [f"{len(outputs)} outputs"] * (len(outputs) != 1))
os.chdir("/")
sys.exit(1 if failed else 0)
