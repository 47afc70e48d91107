#!/usr/bin/env python3
"""Indicators out of reports: `ukai extract` beside ioc-finder, iocextract and ioc-fanger, on the same files, in the same run.

compare.py UKAI FOLDER [--show TOOL] [--seconds N] [--skip-rivals]

What a report holds is read by rules that no tool has a part in (`truth`): digests that stand alone; addresses, hosts, URLs and mail
addresses that are defanged, or that fill a line, a table cell or a list entry. `FILE.expected` beside a report, one `type<TAB>value` a
line, replaces the rules. Every tool's finds go through the same canonical form before they are counted.
"""
import argparse
import ipaddress
import json
import os
import re
import select
import subprocess
import sys
import tempfile

parser = argparse.ArgumentParser()
parser.add_argument("ukai")
parser.add_argument("folder")
parser.add_argument("--show", metavar="TOOL", help="print what this tool missed and what it found beyond")
parser.add_argument("--seconds", type=int, default=60, help="a rival that takes longer on one report is ended there")
parser.add_argument("--skip-rivals", action="store_true")
parser.add_argument("--table", help="write the table as Markdown to this file")
options = parser.parse_args()

# A link with a text to click on leads to a source: `https://publisher/page[text]`, `[text](https://publisher/page)`.
LINK = re.compile(r"https?://[^\s\[\]]+\[[^\]\s.:]|\]\(https?://")
DIGEST = re.compile(r"(?<![0-9A-Za-z/=])(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})(?![0-9A-Za-z])")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
FANG = re.compile(r"\[\s*(?:\.|dot|:|:\s*//|@|at)\s*\]|\((?:\.|dot|at)\)|\[\.|\.\]|h(?:xx|xt|tx|zz|\*\*)ps?\s*(?::|\[)|\\\.(?=[a-z])", re.I)


def refanged(token):
    """The few styles that reports really use, undone by plain replacement."""
    token = re.sub(r"(?i)^(?:hxxp|hXXp|htxp|hxtp|hzzp|h\*\*p)(s?)", r"http\1", token)
    token = token.replace("[:]", ":").replace("[://]", "://")
    token = re.sub(r"\[\s*(?:\.|dot)\s*\]|\((?:\.|dot)\)|\{\.\}", ".", token, flags=re.I)
    token = re.sub(r"\[(?:@|at)\]", "@", token, flags=re.I)
    token = re.sub(r"\[\.(?=[a-z])", ".", token)
    return re.sub(r"(?<=[a-z0-9])\.\](?=[a-z0-9])", ".", token)


def tokens(line):
    for part in re.split(r"[\s|\"“”«»`<>，、]+", line):
        part = part.strip("'*+•")
        part = re.sub(r"^[(\[{]+(?=https?|hxxp)", "", part)
        part = re.sub(r"^[(\[]+(?=\d)", "", part)
        part = re.sub(r"(?<=[a-z])\[[^\]]*\]?$", "", part) if part.startswith("http") and "[." not in part else part
        part = re.sub(r"[.,;:!?]+$", "", part)
        while part.endswith((")", "]")) and (part.count("(") < part.count(")") or part.count("[") < part.count("]")):
            part = part[:-1]
        if part.endswith((")", "]")) and part.count("(") < part.count(")"):
            part = part.rstrip(")")
        if part:
            yield part


PUBLIC_HOST = re.compile(r"(?i)^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+$")


def kind(value):
    if re.match(r"(?i)^(https?|ftp|tcp|udp|wss?)://[^/\s]", value):
        return "url"
    if re.match(r"^[^@\s/]+@[^@\s/]+\.[a-z]{2,}$", value, re.I):
        return "email"
    try:
        address = ipaddress.ip_address(value)
        return "ipv4" if address.version == 4 else "ipv6"
    except ValueError:
        pass
    if re.match(r"^\d+\.\d+\.\d+\.\d+:\d+$", value):
        return "ipv4-port"
    if re.match(r"^[^/:]+\.[a-z]{2,}:\d+$", value, re.I):
        return "domain-port"
    host, slash, path = value.partition("/")
    if PUBLIC_HOST.match(host):
        return "url" if slash and path else "domain"
    if slash and path and re.match(r"^[\w.-]+\.[a-z]{2,}(:\d+)?$|^\d+\.\d+\.\d+\.\d+(:\d+)?$", host, re.I):
        return "url"
    return None


FILE_LIKE = re.compile(r"(?i)\.(py|sh|pl|zip|md|rs|ps|app|so|cab|java|mov|pub|doc|docx|dll|exe|txt|js|json|html|php|vbs|ps1|apk|jar)$")


def truth(text):
    found = set()
    in_references = False
    for line in text.translate(INVISIBLE).splitlines():
        plain = line.strip()
        if re.match(r"(?i)^(=+|#+)?\s*(references?|sources?|links?)\s*(=+|:)?$", plain):
            in_references = True
        elif re.match(r"^(=+|#+)\s", plain):
            in_references = False
        for match in DIGEST.finditer(line):
            if len(set(match.group().lower())) > 2:
                found.add((None, match.group()))
        cells = [c.strip(" \t`*+'\"-•") for c in re.split(r"\||\t| {2,}|,\s", line)]
        links = LINK.search(line) is not None
        for token in tokens(line):
            live = not FANG.search(token)
            value = refanged(token)
            what = kind(value)
            if what is None:
                continue
            if live:
                if in_references or links and what in ("url", "domain"):
                    continue
                alone = any(token == cell or token == cell.rstrip(".,;:") for cell in cells)
                public = what in ("ipv4", "ipv4-port") and ipaddress.ip_address(value.split(":")[0]).is_global
                if not (public and not re.search(r"(?i)version|build|/$", line[: line.find(token)][-12:]) or alone and what not in ("ipv4", "ipv6", "ipv4-port") and not (what in ("domain", "url") and FILE_LIKE.search(value.split("/")[0])) and "github.com" not in value):
                    continue
            found.add((what, value))
    return found


def keys(pairs):
    """Match keys of (type or None, value), by the one canonical form for all. A host and port counts as its host and as itself."""
    pairs = [(t, v) for t, v in pairs if v and not re.search(r"[\n\r\t]", v)]
    lines = "".join(f"{t}\t{v}\n" if t else f"{v}\n" for t, v in pairs)
    run = subprocess.run([options.ukai, "normalize", "--json", "-"], input=lines.encode(), capture_output=True, check=True)
    result = set()
    for line in run.stdout.decode().splitlines():
        answer = json.loads(line)
        if "match" in answer:
            result.add((answer["type"].replace("ipv4-port", "ipv4").replace("domain-port", "domain").replace("github-repo", "url"), answer["match"].lower().rstrip("/")))
    return result


def counted(pairs):
    return {key for key in keys(pairs) if key[0] in COUNTED}


def ours(paths):
    """The finds of each report, and the CPU seconds with the start of the process."""
    for path in paths:
        start = cpu()
        run = subprocess.run([options.ukai, "extract", "--json", path], capture_output=True, check=True)
        rows = [json.loads(line) for line in run.stdout.decode().splitlines()]
        yield path, [(r["type"], r["value"]) for r in rows if r["kind"] == "indicator"], cpu() - start


def rival(name, paths, seconds):
    """The same of a rival; None instead of finds for a report on which it was ended."""
    process = None
    for path in paths:
        if process is None:
            process = subprocess.Popen([sys.executable, os.path.join(os.path.dirname(__file__), "rival.py"), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process.stdin.write(path.encode() + b"\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], seconds)
        line = process.stdout.readline() if ready else b""
        if not ready:
            process.kill()
        if not line:
            process.wait()
            process = None
            yield path, None, seconds
            continue
        answer = json.loads(line)
        yield path, [(None, value) for value in answer["values"]], answer["cpu"]
    if process is not None:
        process.stdin.close()
        process.wait()


def cpu():
    usage = os.times()
    return usage.user + usage.system + usage.children_user + usage.children_system


def wanted_of(path, text):
    if os.path.exists(path + ".expected"):
        with open(path + ".expected", encoding="utf-8") as file:
            return counted([tuple(line.rstrip("\n").split("\t")) for line in file if line.strip() and not line.startswith("#")])
    return counted(truth(text))


COUNTED = {"url", "domain", "ipv4", "ipv6", "email", "md5", "sha1", "sha256", "sha512"}
reports = {}
for folder, _, names in sorted(os.walk(options.folder)):
    for name in sorted(names):
        # Answer lists are no reports.
        if name != "README.md" and not name.endswith(".expected") and "answers" not in name:
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8", errors="replace") as file:
                reports[path] = file.read()
wanted = {path: wanted_of(path, text) for path, text in reports.items()}
size = {path: len(text.encode()) for path, text in reports.items()}
total = sum(len(w) for w in wanted.values())


def show(path, missed, extra):
    print(f"{os.path.relpath(path, options.folder)}: wanted {len(wanted[path])}")
    for what, items in (("missed", missed), ("extra", extra)):
        for item in sorted(items):
            print(f"   {what:6}", *item)


def measure(name, answers):
    found = extra = ended = read = 0
    seconds = 0.0
    for path, raw, spent in answers:
        seconds += spent
        if raw is None:
            ended += 1
            continue
        read += size[path]
        got = counted(raw)
        # The host of a URL that the report gives is not an extra find.
        hosts = {value.split("/")[0].split(":")[0] for kind, value in wanted[path] if kind == "url"}
        more = {key for key in got - wanted[path] if not (key[0] in ("domain", "ipv4") and key[1] in hosts)}
        found += len(wanted[path] & got)
        extra += len(more)
        if options.show == name and (more or wanted[path] - got):
            show(path, wanted[path] - got, more)
    return {"found": found, "extra": extra, "ended": ended, "speed": read / seconds / 1e6}


results = {"ukai extract": measure("ukai extract", ours(reports))}
for name in [] if options.skip_rivals else ["ioc-finder", "iocextract", "ioc-fanger"]:
    results[name] = measure(name, rival(name, reports, options.seconds))

# A report is so short that starting up would be most of a run; one text of them all shows the pace of each.
with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
    file.write("\n".join(reports.values()) * 3)
    file.flush()
    length = os.path.getsize(file.name)
    for name, result in results.items():
        answers = ours([file.name]) if name == "ukai extract" else rival(name, [file.name], options.seconds * 10)
        _, raw, spent = next(iter(answers))
        result["pace"] = length / spent / 1e6 if raw is not None else 0.0

rows = [f"| tool | found of {total} | recall | extra finds | MB/s of CPU time, all in one text | report by report | ended on |", "|---|---|---|---|---|---|---|"]
for name, result in results.items():
    rows.append(f"| {name} | {result['found']} | {result['found'] / total:.1%} | {result['extra']} | {result['pace']:.2f} | {result['speed']:.2f} | {result['ended']} |")
print(f"{len(reports)} reports, {sum(size.values())} bytes; ended after {options.seconds} s on a report")
print("\n".join(rows))
if options.table:
    with open(options.table, "w", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")
mine = results.pop("ukai extract")
ahead = all(mine["found"] > r["found"] and mine["extra"] < r["extra"] and mine["pace"] > r["pace"] for r in results.values())
print("measured ukai extract is", "ahead on all three of each" if ahead else "NOT ahead everywhere")
sys.exit(0 if ahead else 1)
