# The set in other tools' forms, judged by those tools: stix2-validator, pymisp, BIND's named-checkzone, Suricata; the rest by Python's
# own parsers. Every indicator is either in a form or counted as left out.
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
mkdir -p Feeds
export UKAI_STATE=$scratch/state UKAI_FEEDS=$scratch/Feeds UKAI_RULES=$root/Rules
cat >feed.csv <<'C'
value,type,actor,tags,reference
evil-one.example,domain,Jade Sleet,"a,b",https://intel.example/1
xn--bcher-kva.example,domain,,,
http://evil-two.example/path;x?y="q"&z=1|2,url,,,
https://evil-three.example/a'b\c,url,,,https://intel.example/2
203.0.113.7,ip,Slow Pisces,,
2001:db8:0:0:1:0:0:1,ip,,,
2001:db8:5::/48,cidr,,,
198.51.100.0/24,cidr,,,
203.0.113.8:8443,ip,,,
d131dd02c5e6eec4d131dd02c5e6eec4,md5,,,
f2ca1bb6c7e907d06dafe4687e579fce76b37e4e,sha1,,,
5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5,sha256,,,
phisher@evil-four.example,email,,"=cmd|' /C calc'!A0",
evil-name.exe,filename,,,
Mozilla/4.0 (compatible; "odd"; example),user-agent,,,
Global\mutex_one,mutex,,,
e7d705a3286e19ea42f587b344ee6865,ja3,,,
0x52908400098527886E0F7030069857D2E4169EE7,wallet,,,
left-pad-example,npm,,,
CVE-2026-1234,cve,,,
*.evil-wild.example,domain,,,
[2001:db8::5:1]:8443,ip,,,
evil-port.example:8080,domain,,,
C
printf 'version: 1\nname: mixed\nurl: ../feed.csv\nformat: csv\nmap:\n  value: {column: value, type: {column: type}}\n  actors: {column: actor}\n  tags: {column: tags, split: ","}\n  reference: {column: reference}\n' >Feeds/mixed.yaml
"$UKAI" sync --quiet --accept-change mixed --summary summary.json 2>err
live=$(index_size summary.json)
same "twenty-three indicators of eighteen kinds" 23 "$live"
forms="zeek-intel suricata stix csv misp plain hosts rpz"
for form in $forms; do
  "$UKAI" indicators export --as "$form" >"set.$form" 2>"left.$form"; same "export as $form ends with 0" 0 $?
done
# Written plus left out is all there is.
python3 - "$live" <<'P'
import csv, json, re, sys
live = int(sys.argv[1])
def left(form):
    text = open("left." + form).read()
    found = re.search(r"no word for (.*); left out", text)
    return sum(int(n) for n in re.findall(r"(\d+) ", found.group(1) + " ")) if found else 0
def say(name, good, why=""): print(("ok - " if good else "not ok - ") + name + ("" if good else ": " + str(why)))
rows = list(csv.reader(open("set.csv", newline="")))
say("csv has one record an indicator", len(rows) - 1 + left("csv") == live and all(len(r) == len(rows[0]) for r in rows), (len(rows), left("csv")))
say("no cell of the csv is a formula", not [c for r in rows for c in r if c[:1] in "=+-@\t\r" and c], rows)
lines = open("set.zeek-intel").read().splitlines()
say("zeek-intel has five columns a line", all(len(l.split("\t")) == 5 for l in lines[1:]) and len(lines[0].split("\t")) == 6, lines)
say("zeek-intel accounts for all", len(lines) - 1 + left("zeek-intel") == live, (len(lines), left("zeek-intel")))
say("zeek-intel knows only Zeek's types", {l.split("\t")[1] for l in lines[1:]} <= {"Intel::" + t for t in "ADDR SUBNET URL SOFTWARE EMAIL DOMAIN USER_NAME CERT_HASH PUBKEY_HASH FILE_HASH FILE_NAME".split()}, lines)
say("plain accounts for all", len(open("set.plain").read().splitlines()) + left("plain") == live)
say("hosts sends names to 0.0.0.0", all(re.fullmatch(r"0\.0\.0\.0 [a-z0-9.-]+", l) for l in open("set.hosts").read().splitlines() if not l.startswith("#")))
bundle = json.load(open("set.stix"))
say("stix accounts for all", sum(o["type"] == "indicator" for o in bundle["objects"]) + left("stix") == live, left("stix"))
event = json.load(open("set.misp"))["Event"]
say("misp accounts for all", len(event["Attribute"]) + left("misp") == live, left("misp"))
P
# What Ukai itself reads in these forms is what it wrote: nothing wider, nothing else.
"$UKAI" indicators list --json >own.jsonl
for form in suricata stix csv misp plain rpz; do printf 'version: 1\nname: %s\nurl: ../set.%s\nformat: auto\n' "$form" "$form" >"Feeds/$form.yaml"; done
"$UKAI" feeds check suricata stix csv misp plain rpz --json >read.jsonl 2>/dev/null
python3 - <<'P'
import json
own = {(o["type"], o["value"]) for o in map(json.loads, open("own.jsonl"))}
# A bare list says of no digest what it is of.
own |= {("md5", value) for kind, value in own if kind == "ja3"}
read = {}
rows = set()
for record in map(json.loads, open("read.jsonl")):
    if record["kind"] == "indicator": rows.add((record["type"], record["value"]))
    if record["kind"] == "summary":
        read[record["name"]] = rows
        rows = set()
for form, least in [("suricata", 10), ("stix", 16), ("csv", 23), ("misp", 16), ("plain", 15), ("rpz", 7)]:
    wrong = sorted(read.get(form, set()) - own)
    good = not wrong and len(read.get(form, ())) >= least
    print(("ok - " if good else "not ok - ") + "what is read back from %s is what was written" % form + ("" if good else ": %d, %s" % (len(read.get(form, ())), wrong)))
P
grep -q "evil-wild" set.hosts set.zeek-intel set.misp && not_ok "a wildcard is exported as its name" || ok "a wildcard is left out where there is no word for it"
holds "and counted" "$(cat left.hosts)" "1 domain-wildcard"
if command -v named-checkzone >/dev/null; then
  named-checkzone -q rpz.ukai.example set.rpz && ok "BIND takes the zone" || not_ok "BIND refuses the zone: $(named-checkzone rpz.ukai.example set.rpz | head -n 5)"
  same "an IPv6 network is written as BIND wants it" 1 "$(grep -c '^48.zz.5.db8.2001.rpz-ip CNAME \.$' set.rpz)"
else
  skip "the zone before BIND" "named-checkzone is not installed"
fi
if command -v suricata >/dev/null; then
  mkdir -p suricata
  suricata -T -S "$scratch/set.suricata" -l suricata >suricata/out 2>&1 && ok "Suricata loads the rules" || not_ok "Suricata refuses the rules: $(grep -iE 'error' suricata/out | head -n 5)"
else
  skip "the rules before Suricata" "suricata is not installed"
fi
tools=$(python_tools interchange stix2-validator==3.3.2 pymisp==2.5.34.4) || { skip "the bundle before stix2-validator and the event before pymisp" "they cannot be installed from PyPI"; exit 0; }
cp set.stix bundle.json; "$tools/stix2_validator" bundle.json >validated 2>&1 && ok "stix2-validator takes the bundle" || not_ok "stix2-validator: $(grep -E '\[X\]|\[!\]' validated | head -n 8)"
"$tools/python" -W ignore - <<'P'
import json
from pymisp import MISPEvent
event = MISPEvent()
event.load_file("set.misp")
print("ok - pymisp reads %d attributes" % len(event.attributes) if len(event.attributes) >= 15 else "not ok - pymisp reads %d attributes" % len(event.attributes))
P
