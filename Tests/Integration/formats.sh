# Every format read back by others: CEF by pycef, CSV by Python's strict reader and clevercsv, LEEF and syslog by readers written from their
# specifications, STIX by stix2-validator, metrics by prometheus_client; with hostile strings wherever a log or a feed can put them.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib-alerts.sh"
strings=${UKAI_HOSTILE_STRINGS:-10000}
[ -n "${UKAI_QUICK:-}" ] && strings=1500
export UKAI_STATE=$scratch/state UKAI_RULES=$root/Rules UKAI_FEEDS=$scratch/Feeds
mkdir -p "$scratch/Feeds" "$scratch/logs"

# One alert a string: it is the host, the user and a part of the name of a file; the log's own name is hostile too.
python3 - "$scratch" "$strings" <<'P'
import json, random, sys
scratch, count = sys.argv[1], int(sys.argv[2])
random.seed(20260601)
specials = ["|", "\\", "=", "\n", "\r\n", "\t", "\"", "'", ",", ";", "]", "[", "^", "%", "$(id)", "`id`", "{{7*7}}", "%s%n", "\u0000", "\u001b[31m", "\u001b]8;;http://x\u0007",
  "\u0085", "\u2028", "\u202e", "\u200b", "\ufeff", "CEF:0|a|b|c|1|x|9|", "LEEF:2.0|a|b|c|d|x09|", "<134>1 - - - - - -", "=cmd|' /C calc'!A0", "+1+1", "-2-3", "@SUM(A1)", "\uff1d1+1",
  "<script>alert(1)</script>", "' OR 1=1 --", "\\n", "\\=", "\\|", " src=10.0.0.1 ", " cs1=forged cs1Label=forged ", "\tsev=10", "é", "漢字", "🦆", "a" * 300, " ", "  "]
texts = []
while len(texts) < count:
    text = "".join(random.choice(specials + ["x", "7", "host"]) for _ in range(random.randint(1, 6))) + "#%d" % len(texts)
    texts.append(text)
json.dump(texts, open(scratch + "/texts.json", "w"))
def record(value):
    """JSON whose control characters are \\u00XX: the short forms are left as they are in logs that only look like JSON."""
    text = json.dumps(value, ensure_ascii=False)
    for short, code in [("\\n", "\\u000a"), ("\\r", "\\u000d"), ("\\t", "\\u0009")]:
        text = text.replace("\\\\", "\x00").replace(short, code).replace("\x00", "\\\\")
    return text
with open(scratch + "/values.txt", "w") as values, open(scratch + "/logs/we|ird=na\\me,\"quoted\".log", "w", encoding="utf-8") as log:
    for i, text in enumerate(texts):
        values.write("host-%d.bad.example\n" % i)
        log.write(record({"@timestamp": "2026-05-%02dT%02d:00:00Z" % (1 + i % 28, i % 24), "host": {"name": text}, "user": {"name": "u" + text}, "dns": {"rrname": "host-%d.bad.example" % i}}) + "\n")
P
"$UKAI" index build --from "$scratch/values.txt" --out "$scratch/values.ukx" >/dev/null 2>&1
"$UKAI" scan --quiet --index "$scratch/values.ukx" "$scratch/logs" >/dev/null 2>"$scratch/err" || not_ok "the scan: $(head -c 300 "$scratch/err")"
same "every string is an alert" "$strings" "$("$UKAI" alerts list --json | wc -l | tr -d ' ')"
for form in jsonl cef leef csv syslog ecs ocsf hec bulk stix; do
  "$UKAI" export --to - --as $form >"$scratch/out.$form" 2>"$scratch/err" || not_ok "export as $form: $(head -c 300 "$scratch/err")"
done

tools=$(python_tools formats pycef clevercsv prometheus_client 2>/dev/null) || tools=
[ -n "$tools" ] || skip "independent readers from PyPI" "PyPI cannot be reached"
"${tools:-/usr/bin}/python3" - "$scratch" "$strings" <<'P'
import csv, io, json, re, sys
scratch, count = sys.argv[1], int(sys.argv[2])
def check(name, fine, seen=""): print(("ok - " if fine else "not ok - ") + name + ("" if fine else ": " + repr(seen)[:400]))
def read(form): return open(scratch + "/out." + form, encoding="utf-8", newline="").read()
texts = json.load(open(scratch + "/texts.json"))
truth = {json.loads(line)["alert_id"]: json.loads(line) for line in read("jsonl").split("\n") if line}
check("JSON lines: every alert", len(truth) == count, len(truth))
def host(alert): return alert["sample"]["event"].get("host")
def user(alert): return alert["sample"]["event"].get("user")
check("JSON lines: the very strings", sorted(host(a) for a in truth.values()) == sorted(texts))
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
def plain(text): return CONTROL.sub(" ", text)

# CEF: a newline is \n and comes back; every other control character is a blank.
def cef_text(text): return re.sub("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]", " ", text)
lines = read("cef").split("\n")[:-1]
check("CEF: one line an alert", len(lines) == count, len(lines))
def cef_values(line):
    """A reader of the extension after the CEF guide: keys are words before an unescaped '='."""
    parts = re.split(r"(?<!\\)\|", line, maxsplit=7)
    extension, values = parts[7], {}
    marks = [m for m in re.finditer(r"(?:^| )([A-Za-z0-9_]+)=", extension)]
    for number, mark in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else len(extension)
        raw = extension[mark.end():end]
        values[mark.group(1)] = re.sub(r"\\([\\=nr])", lambda m: {"n": "\n", "r": "\r"}.get(m.group(1), m.group(1)), raw)
    return parts, values
wrong = []
for line in lines:
    parts, values = cef_values(line)
    alert = truth.get(values.get("externalId"))
    if not alert or len(parts) != 8 or values.get("shost") != cef_text(host(alert))[:1023] or values.get("suser") != cef_text(user(alert))[:1023] or values["cs2"] != alert["indicator"]["value"]:
        wrong.append((values.get("shost"), alert and host(alert)))
check("CEF: equal values", not wrong, wrong[:2])
try:
    import pycef
    wrong = []
    for line in lines:
        values = pycef.parse(line)
        alert = truth.get((values or {}).get("externalId"))
        if not alert or values["DeviceVendor"] != "Ukai" or values.get("indicator", values.get("cs2")) != alert["indicator"]["value"] or values.get("matched", values.get("cs1")) != alert["sample"]["match"]["value"]:
            wrong.append(values)
    check("CEF by pycef: every record, none forged", not wrong, wrong[:1])
except ImportError: print("skipped - CEF by pycef: not installed")

lines = read("leef").split("\n")[:-1]
check("LEEF: one line an alert", len(lines) == count, len(lines))
wrong = []
for line in lines:
    parts = line.split("|", 6)
    values = dict(field.split("=", 1) for field in parts[6].split("\t"))
    alert = truth.get(values.get("ukaiId"))
    if not alert or parts[:2] != ["LEEF:2.0", "Ukai"] or values["identHostName"] != plain(host(alert)) or values["usrName"] != plain(user(alert)): wrong.append(values)
check("LEEF: equal values", not wrong, wrong[:1])

def same_cell(cell, text):
    text = plain(text)
    return cell == ("'" + text if text[0] in "=+-@\t\r\uff1d\uff0b\uff0d\uff20" else text)
def csv_check(name, rows):
    rows = list(rows)
    header, rows = rows[0], rows[1:]
    column = {key: number for number, key in enumerate(header)}
    wrong = [row for row in rows if len(row) != len(header) or not same_cell(row[column["host"]], host(truth[row[0]])) or not same_cell(row[column["user"]], user(truth[row[0]]))]
    check(name + ": every record, equal values", len(rows) == count and not wrong, (len(rows), wrong[:1]))
    check(name + ": no cell is a formula", not [cell for row in rows for cell in row if cell and cell[0] in "=+-@\t\r\uff1d\uff0b\uff0d\uff20"])
csv_check("CSV", csv.reader(io.StringIO(read("csv"), newline=""), strict=True))
check("CSV: lines end with CRLF, one an alert", read("csv").count("\r\n") == count + 1 and read("csv").count("\n") == count + 1)
try:
    import clevercsv
    csv_check("CSV by clevercsv", clevercsv.reader(io.StringIO(read("csv"), newline=""), dialect=clevercsv.dialect.SimpleDialect(",", '"', "")))
except ImportError: print("skipped - CSV by clevercsv: not installed")

lines = read("syslog").split("\n")[:-1]
wrong, form = [], re.compile(r'<(\d{1,3})>1 (\S+) (\S{1,255}) ukai - alert \[ukai@32473((?: [A-Za-z]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] (.*)$')
for line in lines:
    match = form.match(line)
    values = {k: re.sub(r'\\(["\\\]])', r"\1", v) for k, v in re.findall(r' ([A-Za-z]+)="((?:[^"\\\]]|\\.)*)"', match.group(4))} if match else {}
    alert = truth.get(values.get("id"))
    if not alert or values.get("asset") != plain(alert["asset"]) or values["user"] != plain(user(alert)): wrong.append(line[:300])
check("syslog: every record, equal values", len(lines) == count and not wrong, (len(lines), wrong[:1]))

for form, get in [("ecs", lambda d: (d["event"]["id"], d.get("host", {}).get("name"))), ("ocsf", lambda d: (d["finding_info"]["uid"], d["evidences"][0].get("device", {}).get("hostname"))),
                  ("hec", lambda d: (d["event"]["alert_id"], d["host"]))]:
    documents = [json.loads(line) for line in read(form).split("\n") if line]
    check(form + ": every record, equal values", len(documents) == count and all(host(truth[get(d)[0]]) == get(d)[1] for d in documents), documents[:1])
pairs = [json.loads(line) for line in read("bulk").split("\n") if line]
check("bulk: an action before each document, ids of their own", len(pairs) == 2 * count and len({p["create"]["_id"] for p in pairs[::2]}) == count and all(p["event"]["id"] == a["create"]["_id"] for a, p in zip(pairs[::2], pairs[1::2])))
bundles = [json.loads(line) for line in read("stix").split("\n") if line]
check("STIX: a bundle an alert", len(bundles) == count and all({"indicator", "sighting", "observed-data", "identity"} <= {o["type"] for o in b["objects"]} for b in bundles))
check("STIX: equal values", sorted(o["name"] for b in bundles for o in b["objects"] if o["type"] == "identity" and o["name"] != "Ukai") == sorted(text.replace("\0", "\ufffd") for text in texts))
P

# ECS: every leaf is a field that ECS knows, of its type. OCSF: JSON Schema written from the published schema, and the models of others.
newest() { "$UKAI" alerts list --json --limit "$1" | python3 -c 'import json,sys; [print(json.loads(l)["alert_id"]) for l in sys.stdin]'; }
"$UKAI" alerts ack $(newest 1) >/dev/null
"$UKAI" export --quiet --to "$scratch/ocsf.ndjson" --as ocsf
# shellcheck disable=SC2046
"$UKAI" alerts close $(newest 3) --reason "judged" >/dev/null
"$UKAI" alerts reopen $(newest 1) >/dev/null
"$UKAI" export --quiet --to "$scratch/ocsf.ndjson" --as ocsf
schemas=$(python_tools schemas 'jsonschema[format]' py-ocsf-models 2>/dev/null) || schemas=
[ -n "$schemas" ] || skip "OCSF by jsonschema and py-ocsf-models" "PyPI cannot be reached"
"${schemas:-/usr/bin}/python3" - "$scratch" "$root/Tests/Fixtures/alerts" "$strings" "$schemas" <<'P'
import collections, datetime, ipaddress, json, sys
scratch, fixtures, count, schemas = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
def check(name, fine, seen=""): print(("ok - " if fine else "not ok - ") + name + ("" if fine else ": " + repr(seen)[:600]))
def lines(path): return [json.loads(line) for line in open(path, encoding="utf-8", newline="\n").read().split("\n") if line]
types = dict(line.split() for line in open(fixtures + "/ecs-fields.txt") if not line.startswith("#"))
def leaves(value, path=""):
    if isinstance(value, dict):
        for key, inner in value.items(): yield from leaves(inner, path + "." + key if path else key)
    elif isinstance(value, list):
        for inner in value: yield from leaves(inner, path)
    else: yield path, value
def good(type, value):
    if type == "ip":
        try: return bool(ipaddress.ip_address(value))
        except ValueError: return False
    if type == "date":
        try: return bool(datetime.datetime.fromisoformat(value.replace("Z", "+00:00")))
        except ValueError: return False
    return isinstance(value, {"text": str, "long": int, "float": (int, float)}[type])
bad = [(path, value) for d in lines(scratch + "/out.ecs") + lines(fixtures + "/alerts.ecs") for path, value in leaves(d)
       if not path.startswith("ukai.") and not (path in types and good(types[path], value))]
check("ECS: only fields of ECS, of their types", not bad, bad[:3])
if schemas:
    import jsonschema
    from py_ocsf_models.events.findings.detection_finding import DetectionFinding
    schema = json.load(open(fixtures + "/ocsf-detection-finding.schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    life = lines(scratch + "/ocsf.ndjson")
    news = collections.Counter(d["activity_name"] for d in life[count:])
    check("OCSF: updated and closed after it was created", news == {"Close": 2, "Update": 1}, news)
    check("OCSF: an update is a new event of the same finding",
          len({d["metadata"]["uid"] for d in life}) == len(life) == count + 3 and len({d["finding_info"]["uid"] for d in life}) == count, len(life))
    for name, documents in [("hostile text", lines(scratch + "/out.ocsf")), ("a finding's life", life[-40:]), ("every kind of indicator", lines(fixtures + "/alerts.ocsf"))]:
        errors = [(list(e.absolute_path), e.message) for d in documents for e in validator.iter_errors(d)]
        check("OCSF by jsonschema: " + name, documents and not errors, errors[:2])
        wrong = []
        for document in documents:
            try:
                # These models want a device to have what OCSF only recommends (an address, a region); a log line rarely tells.
                for evidence in document["evidences"]:
                    for member in ("ip", "name", "region", "uid"): evidence.get("device", {}).setdefault(member, "")
                model = DetectionFinding.model_validate(document)
                if model.finding_info.uid != document["finding_info"]["uid"] or int(model.type_uid.value) != document["type_uid"]: wrong.append(document["finding_info"])
            except Exception as error: wrong.append(str(error)[:400])
        check("OCSF by py-ocsf-models: " + name, not wrong, wrong[:2])
    # A schema is worth something only when it refuses.
    passed = []
    sample = lines(fixtures + "/alerts.ocsf")[0]
    for number, change in enumerate([
        lambda d: d.pop("time"), lambda d: d.update(time="2026"), lambda d: d.update(activity_id=3), lambda d: d.update(severity="Fatal"),
        lambda d: d["osint"][0].pop("type_id"), lambda d: d["osint"][0].update(type="domain"),
        lambda d: d["evidences"][0].update(src_endpoint={"ip": "10.0.0.999"}), lambda d: d.update(stranger=1)]):
        copy = json.loads(json.dumps(sample))
        change(copy)
        if validator.is_valid(copy): passed.append(number)
    check("OCSF: the schema refuses what is wrong", not passed, passed)
P

# A terminal is never commanded.
"$UKAI" alerts list --color never >"$scratch/list" 2>/dev/null
same "no control character reaches a terminal" 0 "$(LC_ALL=C tr -d '\n\11\40-\176\200-\377' <"$scratch/list" | wc -c | tr -d ' ')"

# The exports are no news: a scan of them finds nothing.
for form in jsonl cef leef csv syslog ecs ocsf hec stix; do
  head -n 200 "$scratch/out.$form" >"$scratch/echo-$form.log"
done
"$UKAI" scan --no-store --json --index "$scratch/values.ukx" --summary "$scratch/echo.json" "$scratch"/echo-*.log >"$scratch/echo" 2>/dev/null
same "our own exports do not alert" 0 "$(wc -l <"$scratch/echo" | tr -d ' ')"
holds "… and are counted" "$(cat "$scratch/echo.json")" '"echoes":'

# STIX by the validator, of every kind of indicator.
UKAI_STATE=$scratch/heist UKAI_FEEDS=$root/examples/heist/Feeds
export UKAI_STATE UKAI_FEEDS
cd "$root" && "$UKAI" sync --quiet >/dev/null 2>&1; "$UKAI" scan --quiet examples/heist/logs >/dev/null 2>&1
"$UKAI" export --to - --as stix >"$scratch/heist.stix" 2>/dev/null
head -n 40 "$scratch/out.stix" >"$scratch/hostile.stix"
if validator=$(python_tools stix stix2-validator 2>/dev/null); then
  "$validator/python" - "$scratch" "$root" <<'P'
import io, sys
from stix2validator import validate_string, ValidationOptions
scratch, root = sys.argv[1:3]
options = ValidationOptions(version="2.1")
for name, path in [("the heist's alerts", scratch + "/heist.stix"), ("hostile text", scratch + "/hostile.stix"), ("every kind of indicator", root + "/Tests/Fixtures/alerts/alerts.stix")]:
    bad, warnings, count = [], set(), 0
    for line in open(path, encoding="utf-8"):
        result = validate_string(line, options)
        count += 1
        results = getattr(result, "object_results", None) or [result]
        if not result.is_valid: bad.append([str(e) for o in results for e in o.errors][:3])
        warnings |= {str(w) for o in results for w in (o.warnings or [])}
    print(("ok" if count and not bad else "not ok") + " - STIX by stix2-validator: " + name + (": %d bundles" % count if not bad else ": %r" % bad[:2]))
    for warning in sorted(w for w in warnings if "{103}" not in w)[:8]: print("# warning: " + warning[:300])
P
else
  skip "STIX by stix2-validator" "PyPI cannot be reached"
fi

# Metrics by Prometheus' own parser, with names that try to break it.
"$UKAI" export --quiet --to "$scratch/de\"st
n.jsonl" >/dev/null 2>&1
"$UKAI" status --metrics >"$scratch/metrics" 2>/dev/null; same "status --metrics ends with 0" 0 $?
if [ -n "$tools" ]; then
  "$tools/python3" - "$scratch/metrics" <<'P'
import sys
from prometheus_client.parser import text_string_to_metric_families
families = {f.name: f for f in text_string_to_metric_families(open(sys.argv[1], encoding="utf-8").read())}
want = ["ukai_feed_up", "ukai_feed_last_success_timestamp_seconds", "ukai_feed_age_seconds", "ukai_index_indicators", "ukai_alerts", "ukai_sightings", "ukai_last_scan_age_seconds",
        "ukai_scan_last_files_skipped", "ukai_scan_last_bytes_skipped", "ukai_source_alerts", "ukai_log_last_read_timestamp_seconds", "ukai_destination_waiting", "ukai_destination_oldest_seconds",
        "ukai_destination_last_success_timestamp_seconds", "ukai_destination_refused"]
missing = [name for name in want if name not in families]
print(("not ok" if missing else "ok") + " - metrics by prometheus_client: all families" + (": missing %r" % missing if missing else ""))
names = {s.labels.get("destination") for s in families["ukai_destination_waiting"].samples}
print(("ok" if any('de"st\nn' in (n or "") for n in names) else "not ok: %r" % names) + " - metrics: a hostile name comes back as it is")
print(("ok" if all(f.documentation and f.type != "unknown" for f in families.values()) else "not ok") + " - metrics: every family has help and type")
P
else
  skip "metrics by prometheus_client" "PyPI cannot be reached"
fi
if ! command -v promtool >/dev/null; then
  skip "metrics by promtool" "promtool is not installed (Debian's prometheus)"
else
  promtool check metrics <"$scratch/metrics" >"$scratch/promtool" 2>&1; same "promtool finds nothing wrong ($(head -c 200 "$scratch/promtool"))" 0 $?
fi
