"""Reads real logs with readers of its own and holds `ukai scan` against them.

Usage: log_formats.py UKAI DIRECTORY [PATTERN]     (only the logs whose names hold the pattern, a regular expression)

For each log a rule names the format and how a record is read: with Python's json, csv or plain splitting, never with Ukai. Of each log some
records are taken, a value of one field each is compiled into an index, the log is scanned, and for every taken record the sighting must be
there with the field's name, the event's time, host, user, addresses, direction, outcome and format. No value of a log stands in this file.
"""
import bz2, datetime, gzip, io, ipaddress, json, lzma, os, re, subprocess, sys, tempfile

ukai, root = sys.argv[1], sys.argv[2]
UTC = datetime.timezone.utc


def read(path):
    data = open(path, "rb").read()
    if path.endswith(".gz"): data = gzip.decompress(data)
    if path.endswith(".bz2"): data = bz2.decompress(data)
    if path.endswith(".xz"): data = lzma.decompress(data)
    return data.decode("utf-8", "replace")


def get(record, path):
    """The member at a path; names may hold dots themselves."""
    if path == "": return record
    match = re.match(r"\[(\d+)\]\.?", path)
    if match:
        if not isinstance(record, list) or int(match.group(1)) >= len(record): return None
        return get(record[int(match.group(1))], path[match.end():])
    if not isinstance(record, dict): return None
    for name in sorted(record, key=len, reverse=True):
        if path == name or path.startswith((name + ".", name + "[")):
            found = get(record[name], path[len(name):].lstrip(".") if path[len(name):].startswith(".") else path[len(name):])
            if found is not None: return found
    return None


def when(value):
    """The moment in microseconds since 1970; texts without a zone are UTC."""
    if value is None: return None
    if isinstance(value, (int, float)) or re.fullmatch(r"\d+(\.\d+)?", str(value)):
        text = str(value)
        whole = text.split(".")[0]
        if len(whole) >= 18: return int(whole) // 1000
        if len(whole) >= 15: return int(whole)
        if len(whole) >= 12: return int(whole) * 1000
        fraction = (text.split(".")[1] if "." in text else "") + "000000"
        return int(whole) * 1000000 + int(fraction[:6])
    text = str(value).strip()
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?\s*(Z|UTC|[+-]\d\d:?\d\d)?", text)
    if match:
        year, month, day, hour, minute, second = map(int, match.groups()[:6])
        micro = int(((match.group(7) or "") + "000000")[:6])
        zone = match.group(8)
        offset = 0
        if zone and zone[0] in "+-":
            digits = zone[1:].replace(":", "")
            offset = (int(digits[:2]) * 60 + int(digits[2:])) * (1 if zone[0] == "+" else -1)
        moment = datetime.datetime(year, month, day, hour, minute, second, micro, UTC) - datetime.timedelta(minutes=offset)
        return int((moment - datetime.datetime(1970, 1, 1, tzinfo=UTC)) / datetime.timedelta(microseconds=1))
    for form in ("%d/%b/%Y:%H:%M:%S %z", "%d/%b/%Y:%H:%M:%S.%f", "%a %b %d %H:%M:%S %Y", "%a %b %d %H:%M:%S %Y UTC", "%Y-%m-%d+%H:%M:%S.%f"):
        try: moment = datetime.datetime.strptime(re.sub(r"\s+", " ", text), form)
        except ValueError: continue
        if moment.tzinfo is None: moment = moment.replace(tzinfo=UTC)
        return int((moment - datetime.datetime(1970, 1, 1, tzinfo=UTC)) / datetime.timedelta(microseconds=1))
    return None


def is_inside(text):
    address = ipaddress.ip_address(text)
    nets = ["10.0.0.0/8", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10", "::1/128"]
    return any(address in ipaddress.ip_network(net) for net in nets if ipaddress.ip_network(net).version == address.version)


def direction(source, destination, serves=False):
    def known(text):
        try: return is_inside(text)
        except (ValueError, TypeError): return None
    a, b = known(source), known(destination)
    if a is not None and b is not None:
        return {(True, True): "internal", (True, False): "outbound", (False, True): "inbound", (False, False): "external"}[a, b]
    if serves and destination is None and a is not None: return "internal" if a else "inbound"
    return None


def address(value):
    """An address without its port; None when it is none."""
    text = str(value) if value is not None else ""
    text = re.sub(r"^\[(.*)\](:\d+)?$", r"\1", text)
    for candidate in (text, text.rsplit(":", 1)[0]):
        try: ipaddress.ip_address(candidate); return candidate
        except ValueError: pass
    return None


def said(value):
    return None if value in (None, "", "-", "(empty)", "null", "N/A", "unknown", "?") else str(value)


class Row:
    """One record with the line it stands on."""
    def __init__(self, line, record, text): self.line, self.record, self.text = line, record, text


def json_lines(text):
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip("\r\ufeff ")
        if not line.startswith("{"): continue
        try: yield Row(number, json.loads(line), line)
        except ValueError: continue


def json_records(text):
    for record in json.loads(text)["Records"]: yield Row(None, record, None)


def zeek(text):
    names = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("#fields\t"): names = line.split("\t")[1:]
        elif line and not line.startswith("#") and names: yield Row(number, dict(zip(names, line.split("\t"))), line)


def w3c(text):
    names = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.rstrip("\r")
        if line.startswith("#Fields:"): names = line[8:].split()
        elif line and not line.startswith("#") and names:
            cells = [a if a else b for a, b in re.findall(r'"([^"]*)"|(\S+)', line)]
            if len(cells) == len(names): yield Row(number, dict(zip(names, cells)), line)


def pattern(expression):
    compiled = re.compile(expression)
    def rows(text):
        for number, line in enumerate(text.split("\n"), 1):
            match = compiled.match(line.rstrip("\r"))
            if match: yield Row(number, {k: v for k, v in match.groupdict().items() if v is not None}, line)
    return rows


def csv_rows(text):
    import csv
    for number, record in enumerate(csv.DictReader(io.StringIO(text)), 2): yield Row(number, record, None)


ACCESS = r'(?P<client>\S+) (?P<ident>\S+) (?P<user>\S+) \[(?P<time>[^\]]+)\] "(?P<request>[^"]*)" (?P<status>\d+) (?P<bytes>\S+)(?: "(?P<referrer>[^"]*)" "(?P<user_agent>[^"]*)")?'
ALLOWED = {"allowed", "allow", "accept", "pass", "success", "succeeded", "noerror", "ok", "true", "sf", "s1", "s2", "s3", "rsto", "rstr", "open", "established"}
BLOCKED = {"blocked", "deny", "drop", "denied", "failure", "failed", "nxdomain", "refused", "rej", "reject", "false", "accessdenied"}


def word(value):
    text = str(value).lower() if value is not None else ""
    return "allowed" if text in ALLOWED else "blocked" if text in BLOCKED else None


def status(value):
    try: code = int(value)
    except (TypeError, ValueError): return None
    return "allowed" if 200 <= code < 400 else "blocked" if code in (401, 403, 407, 451) else None


def first(record, *paths):
    for path in paths:
        value = said(get(record, path))
        if value is not None: return value
    return None


# name of the log → format, reader, fields to take values of, and how the rest is told
def rule(format, rows, values, time=None, host=None, user=None, src=None, dst=None, outcome=None, serves=False, way=None, take=6, move=False):
    return dict(format=format, rows=rows, values=values, time=time, host=host, user=user, src=src, dst=dst, outcome=outcome, serves=serves, way=way, take=take, move=move)


def zeek_outcome(record):
    return word(first(record, "rcode_name")) or word(first(record, "conn_state")) or status(first(record, "status_code"))


def key(*paths): return lambda record: first(record, *paths)


ZEEK = dict(time=key("ts"), src=key("id.orig_h", "id_orig_h"), dst=key("id.resp_h", "id_resp_h"), outcome=zeek_outcome)
EVE = rule("eve-json", json_lines, ["dest_ip", "src_ip", "dns.rrname", "http.hostname", "tls.sni", "fileinfo.sha256", "fileinfo.md5"],
           time=key("timestamp"), src=key("src_ip"), dst=key("dest_ip"), take=4,
           outcome=lambda r: word(first(r, "alert.action")) or word(first(r, "dns.rcode")) or word(first(r, "flow.state")) or status(first(r, "http.status")))
CLOUDTRAIL = dict(time=key("eventTime", "@timestamp"), user=key("userIdentity.userName", "userIdentity.sessionContext.sessionIssuer.userName", "userIdentity.principalId", "userIdentity.arn"),
                  src=lambda r: address(first(r, "sourceIPAddress")), serves=True)
WINDOWS = ["SourceIp", "DestinationIp", "DestAddress", "SourceAddress", "DestinationHostname", "SourceHostname"]

RULES = {
    "suricata/eve.json": EVE, "suricata/eve-pcap.json": EVE,
    "zeek-wrccdc/dns.log.gz": rule("zeek-tsv", zeek, ["query", "id.resp_h", "answers"], **ZEEK),
    "zeek-wrccdc/dns.json.gz": rule("zeek-json", json_lines, ["query", "id.resp_h", "answers[0]"], **ZEEK),
    "zeek-wrccdc/notice.log": rule("zeek-tsv", zeek, ["src", "id.resp_h"], **ZEEK),
    "zeek-wrccdc/ntlm.log": rule("zeek-tsv", zeek, ["id.resp_h", "id.orig_h"], move=True, user=key("username"), **ZEEK),
    "zeek-wrccdc/smtp.log": rule("zeek-tsv", zeek, ["id.resp_h", "from", "helo"], **ZEEK),
    "zeek-wrccdc/x509.log": rule("zeek-tsv", zeek, ["san.dns"], time=key("ts")),
    "zeek-wrccdc/weird.log": rule("zeek-tsv", zeek, ["id.resp_h"], **ZEEK),
    "zeek-wrccdc/syslog.log": rule("zeek-tsv", zeek, ["id.orig_h", "id.resp_h"], move=True, **ZEEK),
    "zeek-vast/conn.log.gz": rule("zeek-tsv", zeek, ["id.resp_h"], **ZEEK),
    "zeek-vast/dns.log.gz": rule("zeek-tsv", zeek, ["query"], **ZEEK),
    "zeek-vast/http.log.gz": rule("zeek-tsv", zeek, ["host", "id.resp_h"], **ZEEK),
    "zeek-apt29/day1-combined_zeek.json": rule("zeek-json", json_lines, ["id_resp_h", "query"], host=key("@system"), **ZEEK),
    "zeek-btest/cwd-navigation-ftp.log": rule("zeek-tsv", zeek, ["id.resp_h", "id.orig_h"], src=key("id.orig_h"), dst=key("id.resp_h"), user=key("user"), move=True),
    "zat/http.log": rule("zeek-tsv", zeek, ["host", "id.resp_h"], **ZEEK),
    "zat/json-dns.log": rule("zeek-json", json_lines, ["query", "answers[0]"], **ZEEK),
    "zat/tor_ssl.log": rule("zeek-tsv", zeek, ["server_name", "id.resp_h"], **ZEEK),
    "lnav/logfile_bro_http.log.0": rule("zeek-tsv", zeek, ["host", "id.resp_h"], **ZEEK),
    "metron/BroExampleOutput": rule("zeek-json", json_lines, ["http.id.resp_h", "http.host", "dns.query"], take=3,
        time=key("http.ts", "dns.ts"), src=key("http.id.orig_h", "dns.id.orig_h"), dst=key("http.id.resp_h", "dns.id.resp_h")),
    "apache/elastic-apache_logs-head.log": rule("apache-combined", pattern(ACCESS), ["client"], time=key("time"), src=key("client"), outcome=lambda r: status(r["status"]), serves=True, take=12),
    "lnav/logfile_shop_access_log.0": rule("apache-combined", pattern(ACCESS), ["client"], time=key("time"), src=key("client"), outcome=lambda r: status(r["status"]), serves=True),
    "plaso/apache_access.log": rule(None, pattern(ACCESS + "$"), ["client"], time=key("time"), src=key("client"), user=key("user"), outcome=lambda r: status(r["status"]), serves=True, move=True),
    "lnav/logfile_w3c_big.0": rule("w3c", w3c, ["s-ip", "c-ip"], time=lambda r: r["date"] + " " + r["time"], src=key("c-ip"), dst=key("s-ip"), user=key("cs-username"), outcome=lambda r: status(r["sc-status"])),
    "lnav/logfile_w3c.4": rule("w3c", w3c, ["c-ip"], src=key("c-ip")),
    "plaso/iis-iis6.log": rule("w3c", w3c, ["c-ip"], time=lambda r: r["date"] + " " + r["time"], src=key("c-ip"), dst=key("s-ip"), user=key("cs-username"), outcome=lambda r: status(r["sc-status"])),
    "plaso/iis-iis7_sqli.log": rule("w3c", w3c, ["c-ip"], time=lambda r: r["date"] + " " + r["time"], src=key("c-ip"), dst=key("s-ip"), outcome=lambda r: status(r["sc-status"])),
    "plaso/windows_firewall.log": rule("w3c", w3c, ["src-ip", "dst-ip"], time=lambda r: r["date"] + " " + r["time"], src=key("src-ip"), dst=key("dst-ip"), outcome=lambda r: word(r["action"])),
    "cloudtrail/invictus-7xgocspSowgK0Gto.json": rule("cloudtrail", json_records, ["requestParameters.Host"], **CLOUDTRAIL),
    "cloudtrail/invictus-iLj9fb7yyUG9X4Bf.json": rule("cloudtrail", json_records, ["requestParameters.Host", "tlsDetails.clientProvidedHostHeader"], **CLOUDTRAIL),
    "cloudtrail/invictus-s7dpHbl38neqZbm2.json": rule("cloudtrail", json_records, ["requestParameters.Host"], **CLOUDTRAIL),
    "cloudtrail/otrf-ec2_proxy_s3_exfiltration.json": rule("cloudtrail", json_lines, ["sourceIPAddress"], **CLOUDTRAIL),
    "plaso/jsonl-gcp_logging.jsonl": rule("gcp-audit", json_lines, ["protoPayload.requestMetadata.callerIp"], time=key("timestamp"), user=key("protoPayload.authenticationInfo.principalEmail"), src=key("protoPayload.requestMetadata.callerIp"), serves=True),
    "plaso/jsonl-azure_activity_log.jsonl": rule("azure-activity", json_lines, ["http_request.client_ip_address"], time=key("event_timestamp"), user=key("caller"), src=key("http_request.client_ip_address"), serves=True),
    "plaso/azure_application_gateway_access.json": rule("azure-diagnostics", json_lines, ["properties.clientIP"], time=key("timeStamp"), src=key("properties.clientIP"), outcome=lambda r: status(get(r, "properties.httpStatus")), serves=True),
    "osquery/osqueryd.results.log": rule("osquery", json_lines, ["columns.remote_address", "columns.sha256", "columns.md5", "columns.path", "hostIdentifier"], time=key("unixTime"), host=key("hostIdentifier"), user=key("columns.username", "decorations.username")),
    "sysmon/vast-sysmon.json": rule("sysmon-json", json_lines, ["SourceIp", "DestinationIp", "DestinationHostname"], time=key("UtcTime"), user=key("User"), src=key("SourceIp"), dst=key("DestinationIp"),
        host=lambda r: said(r.get("SourceHostname" if r.get("Initiated") == "true" else "DestinationHostname")), way=lambda r, d: ("outbound" if r.get("Initiated") == "true" else "inbound") if d in (None, "external") and r.get("Initiated") else d),
    "windows/otrf-psh-httplistener.json": rule(None, json_lines, WINDOWS, host=key("Hostname"), src=lambda r: address(first(r, "SourceIp", "SourceAddress"))),
    "windows/otrf-empire_launcher_vbs.json": rule(None, json_lines, WINDOWS, host=key("Hostname"), src=lambda r: address(first(r, "SourceIp", "SourceAddress"))),
    "lnav/logfile_caddy_log.1": rule("caddy", json_lines, ["request.client_ip", "request.remote_ip"], time=key("ts"), src=key("request.client_ip"), outcome=lambda r: status(r.get("status")), serves=True),
    "lnav/logfile_cloudflare.1": rule("cloudflare", json_lines, ["ClientIP"], time=key("EdgeStartTimestamp"), src=key("ClientIP"), outcome=lambda r: word(first(r, "WAFAction")) or status(r.get("EdgeResponseStatus")), serves=True),
    "lnav/logfile_haproxy.0": rule("haproxy", pattern(r'\S+ +\d+ \S+ (?P<host>\S+) haproxy\[\d+\]: (?P<client>[0-9.]+):\d+ \[(?P<time>[^\]]+)\] (?P<rest>\S+ \S+/\S+ [\d/+-]+ (?P<status>\d+) .*)'), ["client"], time=key("time"), host=key("host"), src=key("client"), outcome=lambda r: status(r["status"]), serves=True),
    "plaso/aws_elb_access.log": rule("aws-elb", pattern(r'(?P<type>\w+) (?P<time>\S+T\S+) (?P<elb>\S+) (?P<client>[0-9a-f.:]+):\d+ (?P<target>[0-9.]+):\d+ '), ["client", "target"], time=key("time"), src=key("client"), dst=key("target"), move=True),
    "metron/SquidExampleOutput": rule("squid", pattern(r'(?P<time>\S+) +(?P<elapsed>\d+) (?P<client>\S+) (?P<result>\S+)/(?P<status>\d+) \d+ \S+ (?P<url>\S+) (?P<user>\S+) \w+/(?P<peer>[0-9.]+) '), ["peer", "url"], time=key("time"), src=key("client"), dst=key("peer"), outcome=lambda r: status(r["status"])),
    "metron/asa_raw": rule("syslog-3164", pattern(r'<\d+>\w+ +\d+ \S+ (?P<host>\S+) %ASA-\d-\d+: (?:Deny|Built).*? (?P<message>[0-9.]+)/\d+'), ["message"], host=key("host"), move=True),
    "plaso/snort3_alert_fast.log": rule("snort-fast", pattern(r'.*\} (?P<source>[0-9.]+):\d+ -> (?P<destination>[0-9.]+):\d+'), ["source", "destination"], src=key("source"), dst=key("destination"), move=True),
    "plaso/vsftpd.log": rule("vsftpd", pattern(r'(?P<time>\w+ \w+ +\d+ [\d:]+ \d+) \[pid \d+\] \[(?P<user>\w+)\] (?P<verdict>OK|FAIL) \w+: Client "(?P<client>[0-9.]+)"'), ["client"], time=key("time"), user=key("user"), src=key("client"), outcome=lambda r: {"OK": "allowed", "FAIL": "blocked"}[r["verdict"]], serves=True, move=True),
    "ssh/elastic-auth-head.log": rule("syslog-3164", pattern(r'\w+ +\d+ [\d:]+ (?P<host>\S+) sshd\[\d+\]: Invalid user (?P<user>\S+) from (?P<message>[0-9.]+)$'), ["message"], host=key("host"), user=key("user"), src=key("message"), serves=True),
    "plaso/syslog-syslog_ssh.log": rule("syslog-3164", pattern(r'\w+ +\d+ [\d:]+ (?P<host>\S+) sshd\[\d+\]: +(?:Accepted|Failed) \w+ for (?P<user>\S+) from (?P<message>[0-9.]+) port'), ["message"], host=key("host"), user=key("user"), src=key("message"), serves=True, move=True),
    "netflow/argus-M57.csv.gz": rule("csv", csv_rows, ["SrcAddr", "DstAddr"], time=key("StartTime"), src=lambda r: address(r["SrcAddr"]), dst=lambda r: address(r["DstAddr"]), move=True),
    "metron/leefOutput": rule("leef", pattern(r'LEEF:.*\tsrc=(?P<src>[0-9.]+)\t'), ["src"], src=key("src"), move=True),
    "zeek-btest/cwd-navigation-conn.log": rule("zeek-tsv", zeek, ["id.resp_h", "id.orig_h"], src=key("id.orig_h"), dst=key("id.resp_h"), outcome=zeek_outcome, move=True),
    "plaso/jsonl-microsoft_audit_log.jsonl": rule("m365-audit", json_lines, ["OrganizationName"], time=key("CreationTime"), user=key("UserId"), outcome=lambda r: word(r.get("ResultStatus"))),
    "plaso/jsonl-aws_cloudtrail.jsonl": rule("cloudtrail", json_lines, ["EventSource"], time=key("EventTime"), user=key("Username")),
}


def is_outside(ip):
    """Not an address that an index refuses: own networks, multicast, reserved ones."""
    if ip.version == 4 and any(ip in ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")): return True
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def moved(text):
    """The log with some of its inside addresses moved outside, for logs that know no others."""
    return re.sub(r"(?<![\d.])(?:10|172\.(?:1[6-9]|2\d|3[01])|192\.168)\.(?:\d+\.)?(?:\d+\.)?(\d+)(?![\d.])",
                  lambda m: "198.51.100." + m.group(1) if m.group(0).count(".") == 3 and int(m.group(1)) % 3 != 1 else m.group(0), text)


def matchable(value):
    """A value that an index can hold and a log line can hit, as it stands in the index."""
    text = str(value).strip()
    try:
        ip = ipaddress.ip_address(text)
        return text if is_outside(ip) else None
    except ValueError: pass
    if re.fullmatch(r"https?://\S{4,200}", text): return text
    if re.fullmatch(r"(?=.{4,120}$)([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,12}", text):
        special = ("local", "internal", "arpa", "test", "localhost", "invalid", "lan", "name", "localdomain", "corp", "home")
        return None if text.lower().rsplit(".", 1)[1] in special else text.lower()
    if re.fullmatch(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}", text): return text.lower()
    return None


def run(*arguments, **more): return subprocess.run([ukai, *arguments], capture_output=True, text=True, **more)


failures, checked, files, left_out = [], 0, 0, 0
for name, told in sorted(RULES.items()):
    path = os.path.join(root, name)
    if not os.path.exists(path) or len(sys.argv) > 3 and not re.search(sys.argv[3], name): continue
    if os.path.getsize(path) > 300_000 and not os.environ.get("UKAI_LONG"):
        left_out += 1
        continue
    files += 1
    wanted, text = {}, read(path)
    if told["move"]: text = moved(text)
    for row in told["rows"](text):
        for field in told["values"]:
            value = get(row.record, field)
            # Of a list in one cell the first is taken.
            found = str(value).split(",")[0] if value is not None else None
            found = matchable(found) if found else None
            if found is None or sum(1 for k in wanted if k[1] == field) >= told["take"]: continue
            if any(k[0] == found for k in wanted): continue
            wanted[found, field] = row
    if not wanted:
        failures.append(f"{name}: no record could be taken")
        continue
    with tempfile.TemporaryDirectory() as scratch:
        listing = os.path.join(scratch, "values.txt")
        open(listing, "w").write("".join(value + "\n" for value, _ in wanted))
        index = os.path.join(scratch, "x.ukx")
        built = run("index", "build", "--from", listing, "--out", index, "--json")
        log = path
        if told["move"]:
            log = os.path.join(scratch, os.path.basename(name).removesuffix(".gz"))
            open(log, "w").write(text)
        scanned = run("scan", "--no-store", "--index", index, "--json", log, env={**os.environ, "UKAI_RULES": scratch})
        if scanned.returncode != 0:
            failures.append(f"{name}: scan ended with {scanned.returncode}: {scanned.stderr[:200]}")
        sightings = [json.loads(line) for line in scanned.stdout.splitlines()]
    for (value, field), row in wanted.items():
        of_value = [s for s in sightings if s["indicator"]["value"] == value or s["match"]["value"].lower() == value.lower()]
        if row.line is not None: of_value = [s for s in of_value if s["match"]["line"] == row.line]
        here = [s for s in of_value if s["match"].get("field", "").lower() == field.lower()]
        if row.line is None: here = [s for s in here if s["event"].get("time") and when(s["event"]["time"]) == when(told["time"](row.record))]
        checked += 1
        if not here:
            failures.append(f"{name}:{row.line}: {field}: not found; fields of this value there: {[s['match'].get('field') for s in of_value][:4]}, {len(sightings)} sightings")
            continue
        event, problems = here[0]["event"], []
        def hold(what, expected, actual):
            if expected != actual: problems.append(f"{what} is {actual!r}, not {expected!r}")
        record = row.record
        if told["format"]: hold("format", told["format"], here[0]["source"]["format"])
        if told["time"]: hold("time", when(told["time"](record)), when(event.get("time")))
        if told["host"]: hold("host", told["host"](record), event.get("host"))
        if told["user"]: hold("user", told["user"](record), event.get("user"))
        source = told["src"](record) if told["src"] else None
        destination = told["dst"](record) if told["dst"] else None
        if told["src"]: hold("src_ip", source, event.get("src_ip"))
        if told["dst"]: hold("dst_ip", destination, event.get("dst_ip"))
        if told["src"] and (told["dst"] or told["serves"]):
            expected = direction(source, destination, told["serves"])
            if told["way"]: expected = told["way"](record, expected)
            hold("direction", expected, event.get("direction"))
        if told["outcome"]: hold("outcome", told["outcome"](record), event.get("outcome"))
        if problems: failures.append(f"{name}:{row.line}: {field}: " + "; ".join(problems))

print(f"measured - {checked} records of {files} logs, {len(failures)} differences; {left_out} large logs only with UKAI_LONG=1")
for failure in failures[:80]: print("not ok -", failure)
if not failures: print(f"ok - {files} real logs are read as their formats mean")
