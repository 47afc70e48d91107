#!/usr/bin/env python3
"""Indicators out of reports: `ukai extract` beside ioc-finder, iocextract and ioc-fanger, on the same files, in the same run.

compare.py UKAI FOLDER [--show] [--skip-rivals]

What a report holds is read by rules that no tool has a part in (`truth`): digests that stand alone; addresses, hosts, URLs and mail
addresses that are defanged, or that fill a line, a table cell or a list entry. `FILE.expected` beside a report, one `type<TAB>value` a
line, replaces the rules. Every tool's finds go through the same canonical form before they are counted.
"""
import argparse
import html
import ipaddress
import json
import os
import re
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("ukai")
parser.add_argument("folder")
parser.add_argument("--show", action="store_true")
parser.add_argument("--skip-rivals", action="store_true")
parser.add_argument("--table", help="write the table as Markdown to this file")
options = parser.parse_args()

DIGEST = re.compile(r"(?<![0-9A-Za-z/=])(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})(?![0-9A-Za-z])")
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad"))
FANG = re.compile(r"\[\s*(?:\.|dot|:|:\s*//|@|at)\s*\]|\((?:\.|dot|at)\)|\[\.|\.\]|(?i:h[x\*t]{2}ps?|hxxps?)\s*(?::|\[)|\\\.(?=[a-z])", re.I)


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
        if re.match(r"(?i)^(=+|#+)?\s*(references?|sources?|links?)\s*:?$", plain):
            in_references = True
        elif re.match(r"^(=+|#+)\s", plain):
            in_references = False
        for match in DIGEST.finditer(line):
            if len(set(match.group().lower())) > 2:
                found.add((None, match.group()))
        cells = [c.strip(" \t`*+'\"-•") for c in re.split(r"\||\t| {2,}|,\s", line)]
        for token in tokens(line):
            live = not FANG.search(token)
            value = refanged(token)
            what = kind(value)
            if what is None:
                continue
            if live:
                if in_references:
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


def ours(path, _):
    run = subprocess.run([options.ukai, "extract", "--json", path], capture_output=True)
    rows = [json.loads(line) for line in run.stdout.decode().splitlines()]
    return [(r["type"], r["value"]) for r in rows if r["kind"] == "indicator"]


def cpu():
    usage = os.times()
    return usage.user + usage.system + usage.children_user + usage.children_system


TOOLS = {"ukai extract": ours}
if not options.skip_rivals:
    try:
        import logging
        logging.disable(logging.CRITICAL)
        from ioc_finder import find_iocs

        def finder(path, text):
            found = find_iocs(text)
            result = []
            for name in ("domains", "urls", "ipv4s", "ipv6s", "email_addresses", "md5s", "sha1s", "sha256s", "sha512s", "ipv4_cidrs", "cves", "bitcoin_addresses", "monero_addresses", "registry_key_paths"):
                result += [(None, v) for v in found.get(name, [])]
            return result
        TOOLS["ioc-finder"] = finder
    except ImportError as error:
        print(f"skipped ioc-finder: {error}")
    try:
        import iocextract

        def extract(path, text):
            return [(None, v) for v in set(iocextract.extract_iocs(text, refang=True))]
        TOOLS["iocextract"] = extract
    except ImportError as error:
        print(f"skipped iocextract: {error}")
    try:
        import ioc_fanger

        def fanger(path, text):
            # It changes text and finds nothing itself: what it leaves is cut at white space and table bars, as its users do.
            return [(None, v) for v in set(re.split(r"[\s|,\"'`<>]+", ioc_fanger.fang(text)))]
        TOOLS["ioc-fanger"] = fanger
    except ImportError as error:
        print(f"skipped ioc-fanger: {error}")

COUNTED = {"url", "domain", "ipv4", "ipv6", "email", "md5", "sha1", "sha256", "sha512"}
totals = {name: [0, 0, 0, 0.0] for name in TOOLS}
size = 0
reports = []
for folder, _, names in sorted(os.walk(options.folder)):
    for name in sorted(names):
        if name.endswith((".expected", "README.md")) and name in ("README.md",) or name.endswith(".expected") or "answers" in name:
            continue
        reports.append(os.path.join(folder, name))
for path in reports:
    text = open(path, encoding="utf-8", errors="replace").read()
    size += len(text.encode())
    if os.path.exists(path + ".expected"):
        wanted = keys([tuple(line.rstrip("\n").split("\t")) for line in open(path + ".expected") if line.strip() and not line.startswith("#")])
    else:
        wanted = keys(truth(text))
    wanted = {w for w in wanted if w[0] in COUNTED}
    hosts = {v.split("/")[0].split(":")[0] for t, v in wanted if t == "url"}
    for tool, run in TOOLS.items():
        start = cpu()
        raw = run(path, text)
        spent = cpu() - start
        got = {k for k in keys(raw) if k[0] in COUNTED}
        missed = wanted - got
        # The host of a URL that the report gives is not an extra find.
        extra = {g for g in got - wanted if not (g[0] in ("domain", "ipv4") and g[1] in hosts)}
        total = totals[tool]
        total[0] += len(wanted & got)
        total[1] += len(wanted)
        total[2] += len(extra)
        total[3] += spent
        if options.show and tool == "ukai extract" and (missed or extra):
            print(f"{os.path.relpath(path, options.folder)}: wanted {len(wanted)}")
            for item in sorted(missed)[:12]:
                print("   missed", *item)
            for item in sorted(extra)[:12]:
                print("   extra ", *item)

# Speed on one text of all reports, many times over, so that starting up does not count.
corpus = "\n".join(open(path, encoding="utf-8", errors="replace").read() for path in reports)
speeds = {}
for tool, run in TOOLS.items():
    repeat = 8 if tool == "ukai extract" else 1
    path = f"/tmp/ukai-reports-{os.getpid()}"
    with open(path, "w", encoding="utf-8") as file:
        file.write(corpus * repeat)
    start = cpu()
    run(path, corpus * repeat)
    speeds[tool] = len(corpus.encode()) * repeat / (cpu() - start) / 1e6
    os.remove(path)

rows = [f"| tool | found of {totals['ukai extract'][1]} | recall | extra finds | MB/s of CPU time |", "|---|---|---|---|---|"]
for tool, (found, wanted, extra, _) in totals.items():
    rows.append(f"| {tool} | {found} | {found / max(wanted, 1):.1%} | {extra} | {speeds[tool]:.2f} |")
print(f"{len(reports)} reports, {size} bytes")
print("\n".join(rows))
if options.table:
    with open(options.table, "w", encoding="utf-8") as file:
        file.write("\n".join(rows) + "\n")
mine = totals["ukai extract"]
ahead = all(mine[0] >= t[0] and mine[2] <= t[2] and speeds["ukai extract"] > speeds[n] for n, t in totals.items() if n != "ukai extract")
print("measured ukai extract is", "ahead on all three of each" if ahead else "NOT ahead everywhere")
sys.exit(0 if ahead else 1)
