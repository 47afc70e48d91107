"""Compares what Ukai took from one body with what the libraries of others see in it.

    second_opinion.py stix|misp BODY ROWS UKAI

ROWS is the output of `ukai feeds check --json`. Prints `same N` or what differs. Values are compared in Ukai's canonical form, as the
question here is which values come in, not how they are written.
"""
import json
import subprocess
import sys
import warnings

warnings.filterwarnings("ignore")
kind, body, rows, ukai = sys.argv[1:]

# What is strong enough to be looked for alone wherever it stands; weak terms beside these are Ukai's own rule and tested elsewhere.
STIX = {
    ("domain-name", "value"), ("ipv4-addr", "value"), ("ipv6-addr", "value"), ("url", "value"), ("email-addr", "value"),
}
MISP = {
    "ip-src": "ip", "ip-dst": "ip", "domain": "domain", "hostname": "domain", "url": "url", "md5": "md5", "sha1": "sha1",
    "sha256": "sha256", "sha512": "sha512", "email-src": "email", "email-dst": "email", "imphash": "imphash", "ssdeep": "ssdeep",
}


# Hosts of patterns that name a port as well: they come in with it.
ported = set()


def canonical(values):
    """Each value in Ukai's form; what it refuses stays as it is."""
    if not values:
        return []
    text = "\n".join(value.replace("\n", " ") for value in values) + "\n"
    result = subprocess.run([ukai, "normalize", "--json"], input=text, capture_output=True, text=True)
    found = []
    for value, line in zip(values, result.stdout.splitlines()):
        record = json.loads(line)
        found.append(record.get("canonical") or record.get("value") or value)
    return found


def stix_values():
    import stix2
    from stix2patterns.v20.pattern import Pattern as Pattern20
    from stix2patterns.v21.pattern import Pattern as Pattern21

    with open(body) as file:
        document = json.load(file)
    # Read by the library for its own judgement; bundles with odd members are still compared.
    try:
        stix2.parse(document, allow_custom=True)
    except Exception:
        pass
    latest = {}
    for item in document.get("objects", []):
        if item.get("type") == "indicator":
            known = latest.get(item.get("id"))
            if known is None or item.get("modified", "") >= known.get("modified", ""):
                latest[item.get("id")] = item
    wanted = []
    for item in latest.values():
        if item.get("revoked") or item.get("pattern_type", "stix") != "stix" or not item.get("pattern"):
            continue
        pattern = None
        for version in (Pattern21, Pattern20):
            try:
                pattern = version(item["pattern"])
                break
            except Exception:
                continue
        if pattern is None:
            continue
        traffic = pattern.inspect().comparisons.get("network-traffic", [])
        has_port = any([str(step) for step in path] in (["dst_port"], ["src_port"]) for path, *_ in traffic)
        for object_type, comparisons in pattern.inspect().comparisons.items():
            for path, operator, value in comparisons:
                names = [str(step) for step in path]
                is_digest = len(names) >= 2 and names[-2] == "hashes"
                if operator not in ("=", "IN") or not (is_digest or (object_type, names[0]) in STIX and len(names) == 1):
                    continue
                literals = value if isinstance(value, (list, set, tuple)) else [value]
                text = str(value)
                if text.startswith("("):
                    literals = [part.strip() for part in text.strip("()").split(",")]
                for literal in literals:
                    literal = str(literal).strip()
                    if len(literal) >= 2 and literal[0] == literal[-1] == "'":
                        literal = literal[1:-1].replace("\\'", "'").replace("\\\\", "\\")
                    wanted.append(literal)
                    if has_port:
                        ported.add(literal)
    return wanted


def misp_values():
    from pymisp import MISPEvent

    event = MISPEvent()
    with open(body) as file:
        document = json.load(file)
    if "response" in document:
        document = document["response"][0] if isinstance(document["response"], list) else document["response"]
    event.from_dict(**document.get("Event", document))
    attributes = list(event.attributes) + [a for o in event.objects if not getattr(o, "deleted", False) for a in o.attributes]
    wanted = []
    for attribute in attributes:
        if not attribute.to_ids or getattr(attribute, "deleted", False):
            continue
        types, values = attribute.type.split("|"), str(attribute.value).split("|")
        if attribute.type == "malware-sample":
            types, values = ["md5"], values[-1:]
        if types[-1] == "port" or len(types) != len(values):
            continue
        wanted += [value for type, value in zip(types, values) if type in MISP]
    return wanted


wanted = stix_values() if kind == "stix" else misp_values()
taken, refused, services = set(), set(), set()
with open(rows) as file:
    for line in file:
        record = json.loads(line)
        if record["kind"] == "indicator":
            taken.add(record["value"])
            if record["type"].endswith("-port"):
                services.add(record["value"].rpartition(":")[0].strip("[]"))
        elif record["kind"] == "rejected":
            refused.add(record["input"])
missing = []
for raw, value in zip(wanted, canonical(wanted)):
    if value in taken or raw in taken or raw in ported and value in services or any(raw in text or text in raw for text in refused):
        continue
    missing.append(raw)
print(f"{len(missing)} missing: {missing[:5]}" if missing else f"same {len(wanted)}")
