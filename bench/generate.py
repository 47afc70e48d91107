#!/usr/bin/env python3
"""Writes the indicator sets and logs of the bench, the same bytes from the same seed everywhere.

  generate.py set  COUNT FILE              COUNT indicators, one a line; a smaller set is the beginning of a larger one
  generate.py hostile COUNT FILE           a set, and a URL and a subdomain of every name that the logs mention: what an attacker who
                                           may list anything can do to make each line of a log expensive
  generate.py typed COUNT FILE             a set, and 6,000 values of the types that are texts: packages, file names, paths, registry
                                           keys, mutexes, user agents, repositories, CVEs; a CSV of value and type
  generate.py log  KIND MIB FILE [SEED]    a log of KIND (access, zeek, json, syslog, mixed, dense) and FILE.truth beside it

Every value is invented; none is ever resolved or fetched. Logs plant indicators of the first thousand only, so one log fits every
set. `FILE.truth` has a line `LINE<TAB>VALUE` for each (line, indicator) pair that a right matcher reports, and nothing else may be
reported: the rest of the log holds benign values and near-misses of the same indicators. `dense` plants in every third line, in all
forms that the rules know; the other kinds in one of ten thousand, plain.
"""
import hashlib
import random
import sys

SYLLABLES = "ba be bi bo bu da de di do du fa fe fi fo ga ge go ka ke ki ko la le li lo lu ma me mi mo mu na ne ni no pa pe pi po ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa we za ze zo".split()
TLDS = ("com " * 12 + "net " * 4 + "org " * 3 + "ru info io xyz top online site shop de co.uk com.br fr nl pl it cn in club live app dev".replace("co.uk ", "").replace("com.br ", "")).split()
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PLANTED = 1000


def word(r, n):
    return "".join(r.choice(SYLLABLES) for _ in range(n))


def base58check(payload):
    data = payload + hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4]
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = BASE58[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


HOSTS = 200_000


def benign_host(r):
    """Names of the logs: a register, never ending in a digit as indicators do."""
    return register(r.randrange(HOSTS))


def register(place):
    k = random.Random(place)
    name = word(k, k.randint(2, 5)) + "." + k.choice(TLDS)
    if k.random() < 0.55:
        name = k.choice(["www", "cdn", "api", "mail", "img", "static", word(k, 2), word(k, 2) + str(k.randrange(40))]) + "." + name
    return name


def benign_ip(r):
    """Odd third octets; indicators have even ones, so they share /16s and never an address."""
    return f"{r.choice([5, 23, 34, 52, 81, 104, 142, 151, 172 + 7, 185, 203])}.{r.randrange(256)}.{r.randrange(128) * 2 + 1}.{r.randrange(256)}"


def indicator(index):
    """The indicator of a place: (kind, value)."""
    r = random.Random(index * 2 + 1)
    p = r.random()
    if p < 0.45:
        name = word(r, r.randint(2, 4)) + r.choice(["", "-" + word(r, 1)]) + str(r.randrange(10, 1_000_000)) + "." + r.choice(TLDS)
        if r.random() < 0.3:
            name = r.choice(["login", "cdn", "update", word(r, 2)]) + "." + name
        return "domain", name
    if p < 0.60:
        host = benign_host(r) if r.random() < 0.2 else word(r, r.randint(2, 4)) + str(r.randrange(10, 100_000)) + "." + r.choice(TLDS)
        return "url", f"http{'s' if r.random() < 0.5 else ''}://{host}/{word(r, 2)}/{word(r, 3)}{r.randrange(10**6)}" + r.choice([".exe", ".php", "/", "", ".bin"])
    if p < 0.80:
        width = r.choice([32, 32, 40, 64, 64])
        return "hash", f"{r.getrandbits(width * 4):0{width}x}"
    if p < 0.92:
        return "ipv4", f"{r.choice([5, 23, 34, 52, 81, 104, 142, 151, 185, 203])}.{r.randrange(256)}.{r.randrange(128) * 2}.{r.randrange(1, 256)}"
    if p < 0.935:
        length = r.choice([20, 22, 23, 24, 24, 24, 26, 28])
        base = (r.choice([45, 62, 91, 194]) << 24 | r.getrandbits(24)) >> (32 - length) << (32 - length)
        return "cidr", f"{base >> 24}.{base >> 16 & 255}.{base >> 8 & 255}.{base & 255}/{length}"
    if p < 0.95:
        return "ipv6", "2a" + ":".join(f"{r.randrange(16, 256):02x}" if i == 0 else f"{r.randrange(1, 65536):x}" for i in range(8))
    if p < 0.98:
        return "email", f"{word(r, 2)}.{word(r, 2)}{r.randrange(10**5)}@{word(r, 3)}{r.randrange(10**4)}.{r.choice(TLDS)}"
    return "wallet", base58check(b"\0" + r.randbytes(20)) if r.random() < 0.5 else f"0x{r.getrandbits(160):040x}"


def write_set(count, path):
    with open(path, "w") as out:
        for index in range(count):
            out.write(indicator(index)[1] + "\n")


def write_hostile(count, path):
    write_set(count, path)
    with open(path, "a") as out:
        for place in range(HOSTS):
            out.write(f"http://{register(place)}/zzz/{place}\nzz{place}.{register(place)}\n")


def text(r):
    """A value that is known by its text alone: (type, value)."""
    name = word(r, 3) + str(r.randrange(100, 100_000))
    return r.choice([
        ("npm", f"{name}-js@{r.randrange(9)}.{r.randrange(9)}.{r.randrange(9)}"), ("npm", name + "-js"), ("pypi", name + "-py"),
        ("filename", name + r.choice([".exe", ".ps1", ".dll", ".docm"])), ("mutex", "Global\\" + name), ("registry", f"HKLM\\Software\\{name}\\Run"),
        ("path-win", f"C:\\Users\\Public\\{name}.dll"), ("path-posix", f"/tmp/.{name}/{word(r, 1)}"),
        ("user-agent", f"Mozilla/5.0 (compatible; {name}/1.{r.randrange(9)})"), ("github-repo", f"github.com/{word(r, 3)}/{name}"),
        ("cve", f"CVE-2026-{r.randrange(1000, 100_000)}"),
    ])


def write_typed(count, path):
    r = random.Random(11)
    with open(path, "w") as out:
        out.write("value,type\n")
        for index in range(count):
            out.write(f"{indicator(index)[1]},\n")
        for _ in range(6_000):
            kind, value = text(r)
            out.write(f"{value},{kind}\n")


# --- Logs ---------------------------------------------------------------------------------------------------------------------

METHODS = ["GET"] * 8 + ["POST", "HEAD"]
AGENTS = [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/93.0.4577.82 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0",
    "curl/7.88.1", "python-requests/2.31.0", "Chrome/93.0.0.0",
]
DAYS = [f"{d:02d}" for d in range(1, 29)]


def clock(r):
    return f"{r.randrange(24):02d}:{r.randrange(60):02d}:{r.randrange(60):02d}"


def path(r):
    return "/" + "/".join(word(r, r.randint(1, 3)) for _ in range(r.randint(1, 4))) + r.choice([".html", ".php", ".js", ".png", "", "/", "?id=%d" % r.randrange(10**6), "?q=a%20b"])


def access(r, host, ip, url):
    return f'{ip} - - [{r.choice(DAYS)}/Nov/2026:{clock(r)} +0000] "{r.choice(METHODS)} {path(r)} HTTP/1.1" {r.choice([200, 200, 200, 301, 404])} {r.randrange(100_000)} "{url or "https://" + host + path(r)}" "{r.choice(AGENTS)}"'


def zeek(r, host, ip, url):
    uid = "C" + "".join(r.choice(BASE58) for _ in range(17))
    stamp = f"17640{r.randrange(10**5):05d}.{r.randrange(10**6):06d}"
    if url:
        return f"{stamp}\t{uid}\t10.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(256)}\t{r.randrange(1024, 65536)}\t{ip}\t80\t1\tGET\t{url.split('//')[1].split('/')[0]}\t{url}\t-\t1.1\tcurl/7.88.1\t0\t{r.randrange(10**5)}\t200\tOK\t-\t-"
    if r.random() < 0.5:
        return f"{stamp}\t{uid}\t10.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(256)}\t{r.randrange(1024, 65536)}\t{ip}\t53\tudp\t{r.randrange(65536)}\t0.0{r.randrange(10**5):05d}\t{host}\t1\tC_INTERNET\t1\tA\t0\tNOERROR\tF\tF\tT\tT\t0\t{benign_ip(r)}\t300.000000\tF"
    return f"{stamp}\t{uid}\t10.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(256)}\t{r.randrange(1024, 65536)}\t{ip}\t443\ttcp\tssl\t{r.randrange(100)}.{r.randrange(10**6):06d}\t{r.randrange(10**4)}\t{r.randrange(10**6)}\tSF\tT\tF\t0\tShADadfF\t{r.randrange(100)}\t{r.randrange(10**5)}\t{r.randrange(100)}\t{r.randrange(10**5)}\t-"


def json_line(r, host, ip, url):
    head = f'{{"timestamp":"2026-11-{r.choice(DAYS)}T{clock(r)}.{r.randrange(10**6):06d}+0000","flow_id":{r.getrandbits(50)},"event_type":'
    net = f'"src_ip":"10.{r.randrange(256)}.{r.randrange(256)}.{r.randrange(256)}","src_port":{r.randrange(65536)},"dest_ip":"{ip}","dest_port":443,"proto":"TCP",'
    kind = 0.5 if url else r.random()
    if kind < 0.4:
        return head + '"dns",' + net + f'"dns":{{"type":"query","id":{r.randrange(65536)},"rrname":"{host}","rrtype":"A","tx_id":0}}}}'
    if kind < 0.8:
        shown = (url or "http://" + host + path(r)).replace("/", "\\/") if r.random() < 0.2 else (url or "http://" + host + path(r))
        return head + '"http",' + net + f'"http":{{"hostname":"{host}","url":"{shown}","http_user_agent":"{r.choice(AGENTS)}","status":200,"length":{r.randrange(10**5)}}}}}'
    return head + '"fileinfo",' + net + f'"fileinfo":{{"filename":"\\/{word(r, 2)}.dll","sha256":"{r.getrandbits(256):064x}","md5":"{r.getrandbits(128):032x}","size":{r.randrange(10**6)}}},"trace_id":"{r.getrandbits(128):032x}"}}'


def syslog(r, host, ip, url):
    head = f"Nov {r.choice(DAYS)} {clock(r)} {word(r, 2)}{r.randrange(20)} "
    kind = r.random()
    if url:
        return head + f"squid[{r.randrange(32768)}]: {ip} TCP_MISS/200 {r.randrange(10**5)} GET {url} - HIER_DIRECT/{benign_ip(r)} text/html"
    if kind < 0.3:
        return head + f"sshd[{r.randrange(32768)}]: Failed password for invalid user {word(r, 2)} from {ip} port {r.randrange(65536)} ssh2"
    if kind < 0.6:
        return head + f"dnsmasq[{r.randrange(32768)}]: query[A] {host} from 192.168.{r.randrange(256)}.{r.randrange(256)}"
    if kind < 0.8:
        return head + f"kernel: [{r.randrange(10**6)}.{r.randrange(10**6):06d}] IN=eth0 OUT= MAC=00:16:3e:{r.randrange(256):02x}:{r.randrange(256):02x}:{r.randrange(256):02x} SRC={ip} DST=10.0.{r.randrange(256)}.{r.randrange(256)} LEN={r.randrange(1500)} PROTO=TCP SPT={r.randrange(65536)} DPT=443"
    return head + f"postfix/smtp[{r.randrange(32768)}]: {r.getrandbits(40):010X}: to=<{word(r, 2)}@{host}>, relay={host}[{ip}]:25, delay={r.randrange(100) / 10}, dsn=2.0.0, status=sent (250 2.0.0 OK)"


KINDS = {"access": access, "zeek": zeek, "json": json_line, "syslog": syslog}


def quad_inside(r, cidr):
    base, length = cidr.split("/")
    value = 0
    for part in base.split("."):
        value = value << 8 | int(part)
    value |= r.getrandbits(32 - int(length))
    return f"{value >> 24}.{value >> 16 & 255}.{value >> 8 & 255}.{value & 255}"


def planted(r, line_of, kind, value, dense):
    """A line that holds the indicator in a form that must be found."""
    host, ip = benign_host(r), benign_ip(r)
    form = r.random() if dense else 0.0

    def holding(text, *arguments):
        # Some lines of a kind show no name, or no address: as many tries as it takes.
        while True:
            line = line_of(r, *arguments)
            if text in line:
                return line

    if kind == "domain":
        shown = value if form < 0.3 else value.upper() if form < 0.5 else word(r, 2) + "." + value if form < 0.8 else value + "."
        if form >= 0.9:
            return f"note: seen {value.replace('.', '[.]')} today"
        return holding(shown, shown, ip, None)
    if kind == "url":
        if form > 0.85:
            quoted = "".join(c if c.isalnum() else f"%{ord(c):02X}" for c in value)
            return f"GET /r?to={quoted}&n={r.randrange(99)} from {ip}"
        if form > 0.7:
            return f'{{"url":"{value.replace("/", chr(92) + "/")}","ip":"{ip}"}}'
        if form > 0.6:
            return f"note: seen {value.replace('http', 'hxxp', 1).replace('.', '[.]')} today"
        return line_of(r, host, ip, value)
    if kind in ("ipv4", "cidr"):
        shown = value if kind == "ipv4" else quad_inside(r, value)
        if form > 0.9:
            return f"note: seen {shown.replace('.', '[.]')} today"
        return holding(shown, host, shown, None)
    if kind == "ipv6":
        shown = value if form < 0.5 else value.upper() if form < 0.7 else ":".join(g.zfill(4) for g in value.split(":"))
        return f"2026-11-01T{clock(r)}Z fw1 permit src={shown} dst={ip}"
    shown = value.upper() if dense and form > 0.6 and (kind == "hash" or kind == "email") else value
    return f"2026-11-01T{clock(r)}Z agent file={word(r, 2)}.bin value={shown} host={host}"


def near_miss(r, line_of, kind, value):
    """A line that looks like the indicator and is not."""
    host, ip = benign_host(r), benign_ip(r)
    if kind == "domain":
        return line_of(r, r.choice(["x" + value if value[0] != "x" else "y" + value, value + "." + host, value[:-1] + "q.com"]), ip, None)
    if kind == "url":
        return line_of(r, host, ip, value.rstrip("/") + "q")
    if kind == "ipv4":
        return line_of(r, r.choice([value + ".7.example.com", "v" + value + ".x"]), ip, None) if r.random() < 0.5 else f"app version v{value} of {host}"
    if kind == "hash":
        return f"id={value}{r.choice('0123456789abcdef')} x={value[:-1]} host={host}"
    if kind == "email":
        return f"to=<q{r.randrange(10)}-{value}> from {ip}"
    if kind == "wallet":
        return f"pay {value[:-1]}{'q' if value[-1] != 'q' else 'r'} now {ip}"
    return line_of(r, host, ip, None)


def write_log(kind, size, target, seed):
    r = random.Random(seed)
    sources = list(KINDS.values()) if kind in ("mixed", "dense") else [KINDS[kind]]
    known = [indicator(index) for index in range(PLANTED)]
    dense = kind == "dense"
    number = written = 0
    with open(target, "w") as out, open(target + ".truth", "w") as truth:
        while written < size:
            number += 1
            line_of = sources[number % len(sources)]
            plant = number % 3 == 0 if dense else r.randrange(10_000) == 0
            line = None
            if plant:
                what, value = known[r.randrange(PLANTED)]
                line = planted(r, line_of, what, value, dense)
                if line is not None:
                    truth.write(f"{number}\t{value}\n")
            elif r.randrange(3 if dense else 1000) == 0:
                line = near_miss(r, line_of, *known[r.randrange(PLANTED)])
            if line is None:
                line = line_of(r, benign_host(r), benign_ip(r), None)
            out.write(line + "\n")
            written += len(line) + 1


def main(arguments):
    if arguments[:1] == ["set"] and len(arguments) == 3:
        write_set(int(arguments[1]), arguments[2])
    elif arguments[:1] == ["typed"] and len(arguments) == 3:
        write_typed(int(arguments[1]), arguments[2])
    elif arguments[:1] == ["hostile"] and len(arguments) == 3:
        write_hostile(int(arguments[1]), arguments[2])
    elif arguments[:1] == ["log"] and len(arguments) in (4, 5):
        write_log(arguments[1], int(arguments[2]) << 20, arguments[3], int(arguments[4]) if len(arguments) == 5 else 1)
    else:
        sys.exit(__doc__)


if __name__ == "__main__": main(sys.argv[1:])
