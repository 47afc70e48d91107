#!/usr/bin/env python3
"""Compares `ukai normalize` with independent implementations, value by value, on seeded random and hostile input.

compare.py UKAI [--rounds N] [--seed S] [--show N]

A disagreement is printed as `kind  input  ours  theirs`; the exit status is 1 when there is one. Where the two differ by a rule of
ours (TLDs that do not exist, leading zeros …) the generator stays away from it or the comparison says why, at its place.
"""
import argparse
import hashlib
import ipaddress
import json
import random
import re
import subprocess
import sys
import unicodedata

parser = argparse.ArgumentParser()
parser.add_argument("ukai")
parser.add_argument("--rounds", type=int, default=400)
parser.add_argument("--seed", type=int, default=20261125)
parser.add_argument("--show", type=int, default=8)
parser.add_argument("--only", default="")
options = parser.parse_args()
rng = random.Random(options.seed)
failures = 0
compared = 0
skipped = []


def ours(rows):
    """rows: (type or '', value). One answer a row: a dict of `normalize --json`."""
    lines = "".join(f"{kind}\t{value}\n" if kind else f"{value}\n" for kind, value in rows)
    run = subprocess.run([options.ukai, "normalize", "--json", "-"], input=lines.encode("utf-8", "surrogatepass"), capture_output=True, timeout=600)
    if run.returncode not in (0, 3):
        sys.exit(f"ukai ended with {run.returncode}: {run.stderr.decode()[:400]}")
    answers = [json.loads(line) for line in run.stdout.decode().splitlines()]
    if len(answers) != len(rows):
        sys.exit(f"{len(rows)} lines in, {len(answers)} lines out")
    return answers


def check(name, kind, values, reference, same=None):
    """reference: value → canonical text, or None for a rejection. `same(value, ours, theirs)` may excuse a difference."""
    global failures, compared
    if options.only and options.only not in name:
        return
    values = [v for v in dict.fromkeys(values) if "\n" not in v and "\r" not in v and "\t" not in v and v.strip() == v and v]
    shown = bad = 0
    for value, answer in zip(values, ours([(kind, v) for v in values])):
        mine = answer.get("canonical")
        theirs = reference(value)
        compared += 1
        if mine == theirs or (same and same(value, answer, theirs)):
            continue
        bad += 1
        if shown < options.show:
            shown += 1
            print(f"not ok {name}: {value!r}\n    ours   {mine!r} {answer.get('reason', '')} {answer.get('flags', '')}\n    theirs {theirs!r}")
    failures += bad
    print(f"{'ok' if not bad else 'not ok'} {name}: {len(values)} values, {bad} disagreements")


def module(name):
    try:
        return __import__(name)
    except ImportError as error:
        skipped.append(f"{name}: {error}")
        return None


def mutate(text, alphabet):
    text = list(text)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        where = rng.randrange(len(text) + 1)
        what = rng.randrange(4)
        if what == 0 and where < len(text):
            text[where] = rng.choice(alphabet)
        elif what == 1:
            text.insert(where, rng.choice(alphabet))
        elif what == 2 and where < len(text) and len(text) > 1:
            del text[where]
        elif where + 1 < len(text):
            text[where], text[where + 1] = text[where + 1], text[where]
    return "".join(text)


rounds = options.rounds

# ---------------------------------------------------------------- addresses and networks


def random_ipv6():
    groups = [rng.choice(["0", "0", "0", "%x" % rng.randrange(65536), "%04X" % rng.randrange(65536), "ffff"]) for _ in range(8)]
    text = ":".join(groups)
    if rng.random() < 0.5:
        start = rng.randrange(8)
        end = rng.randrange(start, 9)
        text = ":".join(groups[:start]) + "::" + ":".join(groups[end:])
    if rng.random() < 0.2:
        head = ":".join(groups[: rng.randrange(7)])
        text = head + rng.choice(["::", ":"]) + ".".join(str(rng.randrange(300)) for _ in range(4))
    return text


def ipv6(value):
    try:
        address = ipaddress.IPv6Address(value)
    except ValueError:
        return None
    if "%" in value:
        return None
    if address.ipv4_mapped:  # RFC 5952 section 5
        return "::ffff:" + str(address.ipv4_mapped)
    return address.compressed


def ipv4(value):
    try:
        return str(ipaddress.IPv4Address(value))
    except ValueError:
        return None


check("ipv4", "ipv4", [".".join(str(rng.choice([rng.randrange(256), rng.randrange(300), 0])) for _ in range(rng.choice([4, 4, 4, 4, 3, 5]))) for _ in range(rounds)]
      + [mutate("192.0.2.17", "0123456789.") for _ in range(rounds)], ipv4)
check("ipv6", "ipv6", [random_ipv6() for _ in range(rounds * 4)] + [mutate(random_ipv6(), "0123456789abcdefF:.") for _ in range(rounds * 2)], ipv6)


def cidr(value):
    if value.count("/") != 1:
        return None
    base, prefix = value.split("/")
    if not prefix.isdigit() or (len(prefix) > 1 and prefix[0] == "0"):
        return None
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None
    if network.prefixlen == network.max_prefixlen:
        return ipv6(base) or ipv4(base)
    if network.version == 6:
        return f"{ipv6(str(network.network_address))}/{network.prefixlen}"
    return str(network)


check("cidr", "cidr", ["%s/%d" % (ipaddress.IPv4Address(rng.randrange(2**32)), rng.randrange(34)) for _ in range(rounds)]
      + [f"{random_ipv6()}/{rng.randrange(131)}" for _ in range(rounds)], cidr)


def ip_range(value):
    first, last = (ipaddress.ip_address(part) for part in value.split("-"))
    if first > last:
        return None
    networks = list(ipaddress.summarize_address_range(first, last))
    if len(networks) == 1:
        return cidr(str(networks[0]))
    return f"{ipv6(str(first)) or first}-{ipv6(str(last)) or last}"


def random_range():
    if rng.random() < 0.4:
        bits, start = rng.randrange(16), rng.randrange(2**32)
        start = start >> bits << bits
        return f"{ipaddress.IPv4Address(start)}-{ipaddress.IPv4Address(start + 2**bits - 1)}"
    if rng.random() < 0.3:
        a = rng.randrange(2**128)
        return f"{ipaddress.IPv6Address(a)}-{ipaddress.IPv6Address(min(2**128 - 1, a + rng.randrange(2**20)))}"
    return f"{ipaddress.IPv4Address(rng.randrange(2**32))}-{ipaddress.IPv4Address(rng.randrange(2**32))}"


check("ip-range", "ip-range", [random_range() for _ in range(rounds)], ip_range)

# ---------------------------------------------------------------- names, URLs

ada = module("ada_url")
SCRIPTS = ["abcxyz0123", "äöüßéñçıİ", "абвгдеёжий", "αβγδςσΣ", "אבגד", "ابتثجحخد", "例え漢字仮名", "ひらがなカタカナー", "한글도메인", "กขคง", "देवनागरी", "ＡＢｃ１．", "☕★🐧", "\u200d\u200c\u00ad\u200b", "ﬁﬀ①Ⅳ℡", "\u0301\u0308", "ʰ·͵״・", "𝐚𝔟𝒄𝟙", "\ufe0f\u034f\u2060", "⒈…㏂℅", "ꭰᏸჀⴀ", "\U00010400\U00010428", "-_"]


def random_label():
    text = "".join(rng.choice(rng.choice([SCRIPTS[0], rng.choice(SCRIPTS)])) for _ in range(rng.randrange(1, 9)))
    return text


def random_name():
    labels = [random_label() for _ in range(rng.choice([1, 1, 2, 3]))]
    if rng.random() < 0.2:
        labels[0] = "xn--" + "".join(rng.choice("abcdefghijk-0123456789") for _ in range(rng.randrange(1, 9)))
    return ".".join(labels) + rng.choice([".com", ".example", ".COM", "。com", ".рф", ".net."])


def whatwg_host(value):
    try:
        return ada.URL(f"http://{value}/").hostname
    except ValueError:
        return None


def domain(value):
    if re.search(r"[/:@?#\\\[\]%]", value) or value[0] == ".":
        return False
    host = whatwg_host(value)
    if not host:
        return None
    host = host[:-1] if host.endswith(".") else host
    if any(not label or len(label) > 63 for label in host.split(".")) or len(host) > 253:
        return None
    # Ours alone: what is no LDH name or underscore after mapping.
    return host if re.fullmatch(r"[a-z0-9_.-]+", host) else None


def punycode_holds(label):
    """What `ada` does not look at: whether the label decodes to something that encoding could have started from."""
    idna = module("idna")
    try:
        decoded = label[4:].encode().decode("punycode")
        again = decoded.encode("punycode").decode()
        return idna is None or (again == label[4:] and not decoded.isascii() and idna.uts46_remap(decoded, False, False) == decoded
                                  and unicodedata.category(decoded[0])[0] != "M")
    except (UnicodeError, idna.IDNAError if idna else UnicodeError):
        return False


def holds_bidi(name):
    for label in name.split("."):
        if label.startswith("xn--"):
            try:
                if any(unicodedata.bidirectional(c) in ("R", "AL", "AN") for c in label[4:].encode().decode("punycode")):
                    return True
            except UnicodeError:
                return False
    return False


def domain_differs(value, answer, theirs):
    if theirs is False or "\u200c" in value or "\u200d" in value:
        return True
    if theirs and re.search(r"xn--", theirs) and answer.get("reason") == "bad-char" and holds_bidi(theirs):
        return True  # the Bidi rule is for all labels of a name with a right-to-left one (RFC 5893); `ada` asks label by label
    if theirs and any(label.startswith("xn--") and not punycode_holds(label) for label in theirs.split(".")):
        return answer.get("canonical") is None
    return answer.get("reason") in ("unknown-tld", "numeric-tld", "single-label", "empty-label", "label-length", "name-length") and theirs is not None


if ada:
    check("domain (UTS 46)", "domain", [random_name() for _ in range(rounds * 10)], domain, domain_differs)
    PARTS = ["http://", "https://", "HTTP:\\\\", "http:/", "http:", "ftp://", "ws://", "wss://", "user@", "user:p%40w@", "evil.example", "EVIL.Example.", "xn--bcher-kva.example", "bücher.example", "192.0.2.9", "0x7f.1", "017700000001", "3221225985",
             "[2001:DB8::1]", "[::ffff:192.0.2.1]", "1.2.3", ":80", ":443", ":08080", ":65535", ":0", "/", "//", "/a/../b", "/./", "/%2e%2e/", "/.%2E", "/A b", "/ü", "/%zz", "/%7E", "\\x", "?q=1", "?", "?a b'c\"<>`", "#f", "#f g`", "%41", "|", "^", "{x}", "[y]", "'", "😀", ";p=1", "&", "=", "+", "~", "*", "(z)", "$", "!"]

    def random_url():
        text = rng.choice(PARTS[:9]) + (rng.choice(PARTS[8:10]) if rng.random() < 0.15 else "") + rng.choice(PARTS[10:21]) + (rng.choice(PARTS[21:26]) if rng.random() < 0.3 else "")
        return text + "".join(rng.choice(PARTS[26:]) for _ in range(rng.randrange(5)))

    def url(value):
        try:
            return ada.URL(value).href
        except ValueError:
            return None

    def url_differs(value, answer, theirs):
        # Non-special schemes whose hosts are opaque, and texts with a host and port but no scheme, are read by rules of ours.
        if not re.match(r"(?i)(https?|ftp|wss?):", value):
            return True
        if re.search(r"\\\.|\.\]|\[\.|[\[({]\s*[/:@]+\s*[\])}]|\s", value):
            return True  # defanging, which is undone before the URL is read
        if theirs and answer.get("reason") == "bad-host":
            host = ada.URL(value).hostname
            return not host.strip(".") or any(label.startswith("xn--") and not punycode_holds(re.sub("[^a-z0-9-]", "", label)) or not punycode_holds(label) for label in host.split(".") if label.startswith("xn--"))
        # What is no URL as it stands is freed of the punctuation and the brackets around it, and read again.
        return theirs is None and value[-1] in ".,;:!?)]}>'\"`*" or value[-1] in ")]}'" and theirs is None

    check("url (WHATWG)", "url", [random_url() for _ in range(rounds * 10)] + [mutate(random_url(), "/:.@%?#[]\\ab0 é") for _ in range(rounds * 10)], url, url_differs)

# ---------------------------------------------------------------- e-mail

validator = module("email_validator")
if validator:
    LOCAL = ["jade", "Sleet", "a+b", "x.y", "x..y", ".x", "x.", "a_b", "o'neil", "#!$%&*", "a/b", "{x}", "ü", "用户", "x" * 64, "x" * 65, "a b", "a,b", "a\\b", '"q q"', "a=b?", "~^`|"]
    HOSTS = ["example.com", "EXAMPLE.Com", "bücher.example.com", "-bad.example.com", "bad-.example.com", "a_b.example.com", "example", "ex..ample.com", "1.example.com", "sub.example.co.uk", "[192.0.2.1]", "[IPv6:2001:db8::1]", "[300.1.1.1]", "xn--bcher-kva.example.com", "例え.example.com", "example.com."]

    def email(value):
        try:
            found = validator.validate_email(value, check_deliverability=False, allow_smtputf8=True, allow_quoted_local=True, allow_domain_literal=True, test_environment=True, globally_deliverable=False)
        except validator.EmailNotValidError:
            return None
        local = value[: value.rindex("@")]
        if getattr(found, "domain_address", None) is not None:
            return f"{local}@[IPv6:{ipv6(str(found.domain_address))}]" if found.domain_address.version == 6 else f"{local}@[{found.domain_address}]"
        return f"{local}@{found.ascii_domain}"

    def email_differs(value, answer, theirs):
        # One label alone, a root dot and white space inside are read otherwise by a rule of ours.
        if answer.get("reason") == "local-length":
            return len(value[: value.rindex("@")].encode()) > 64
        return answer.get("reason") == "single-label" or value.endswith(".") or " " in value or "," in value

    check("email", "email", [rng.choice(LOCAL) + rng.choice(["@", "@", "@", "@@", ""]) + rng.choice(HOSTS) for _ in range(rounds)], email, email_differs)

# ---------------------------------------------------------------- wallets

base58 = module("base58")
try:
    from embit import bech32
except ImportError as error:
    bech32 = None
    skipped.append(f"embit: {error}")
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def b58(version, payload):
    return base58.b58encode_check(version + payload).decode()


def bitcoin(value):
    lowered = value.lower()
    if bech32 and lowered.startswith("bc1"):
        version, _ = bech32.decode("bc", value)
        return lowered if version is not None else None
    try:
        raw = base58.b58decode_check(value)
    except ValueError:
        return None
    return value if len(raw) == 21 and raw[0] in (0, 5) else None


def mix(values, alphabet):
    return values + [mutate(v, alphabet) for v in values] + [v.lower() for v in values[:20]] + [v.upper() for v in values[:20]]


if base58 and bech32:
    legacy = [b58(bytes([rng.choice([0, 5, 0x6F, 0xC4, 1])]), rng.randbytes(rng.choice([20, 20, 20, 19, 21]))) for _ in range(rounds)]
    segwit = [bech32.encode("bc", v, list(rng.randbytes(n))) for v, n in [(rng.choice([0, 0, 1, 1, 2, 16]), rng.choice([20, 32, 32, 2, 40])) for _ in range(rounds)]]
    segwit = [s for s in segwit if s]
    # Bech32 where Bech32m belongs, and the other way round (the flaw that BIP-350 mends).
    twisted = []
    for _ in range(rounds):
        version = rng.choice([0, 1, 2])
        data = [version] + bech32.convertbits(rng.randbytes(rng.choice([20, 32])), 8, 5)
        wrong = bech32.Encoding.BECH32M if version == 0 else bech32.Encoding.BECH32
        twisted.append(bech32.bech32_encode(wrong, "bc", data))
    check("btc", "btc", mix(legacy, ALPHABET) + mix(segwit, "qpzry9x8gf2tvdw0s3jn54khce6mua7l1b") + twisted, bitcoin)

    def litecoin(value):
        if value.lower().startswith("ltc1"):
            version, _ = bech32.decode("ltc", value)
            return value.lower() if version is not None else None
        try:
            raw = base58.b58decode_check(value)
        except ValueError:
            return None
        if len(raw) != 21 or raw[0] not in (0x30, 0x32, 5):
            return None
        return b58(b"\x32", raw[1:]) if raw[0] == 5 else value

    check("ltc", "ltc", mix([b58(bytes([rng.choice([0x30, 0x32, 5, 0, 0x6F])]), rng.randbytes(20)) for _ in range(rounds)], ALPHABET)
          + [s for s in (bech32.encode("ltc", 0, list(rng.randbytes(20))) for _ in range(rounds // 2)) if s], litecoin)
    for kind, versions in (("doge", (0x1E, 0x16)), ("dash", (0x4C, 0x10))):
        def versioned(value, versions=versions):
            try:
                raw = base58.b58decode_check(value)
            except ValueError:
                return None
            return value if len(raw) == 21 and raw[0] in versions else None
        check(kind, kind, mix([b58(bytes([rng.choice(list(versions) + [0, 0x30])]), rng.randbytes(20)) for _ in range(rounds)], ALPHABET), versioned)

    def tron(value):
        try:
            raw = base58.b58decode_check(value)
        except ValueError:
            return None
        return value if len(raw) == 21 and raw[0] == 0x41 else None
    trons = [b58(b"\x41", rng.randbytes(20)) for _ in range(rounds)]
    check("tron", "tron", mix(trons, ALPHABET), tron)
    hexes = {"41" + base58.b58decode_check(t)[1:].hex(): t for t in trons}
    check("tron (hexadecimal)", "tron", list(hexes), hexes.get)

    def zcash(value):
        try:
            raw = base58.b58decode_check(value)
        except ValueError:
            return None
        return value if len(raw) == 22 and raw[:2] in (b"\x1c\xb8", b"\x1c\xbd") else None
    check("zec", "zec", mix([b58(rng.choice([b"\x1c\xb8", b"\x1c\xbd", b"\x1d\x25", b"\x1c\xba"]), rng.randbytes(20)) for _ in range(rounds)], ALPHABET), zcash,
          lambda v, a, t: v.lower().startswith(("zs1", "u1", "tex1")))
    RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"

    def ripple(value):
        try:
            raw = base58.b58decode_check(value, alphabet=RIPPLE.encode())
        except ValueError:
            return None
        return value if len(raw) == 21 and raw[0] == 0 else None
    check("xrp", "xrp", mix([base58.b58encode_check(b"\0" + rng.randbytes(20), alphabet=RIPPLE.encode()).decode() for _ in range(rounds)], RIPPLE), ripple,
          lambda v, a, t: v.startswith("X") or v.startswith("T"))

utils = module("eth_utils")
if utils:
    def evm(value):
        if not re.fullmatch(r"0[xX][0-9a-fA-F]{40}", value):
            return None
        digits = value[2:]
        checksummed = utils.to_checksum_address("0x" + digits.lower())
        if digits in (digits.lower(), digits.upper()) or checksummed[2:] == digits:
            return checksummed if int(digits, 16) not in (0, 0xDEAD) else None
        return None

    plain = ["0x" + rng.randbytes(20).hex() for _ in range(rounds)]
    check("evm", "evm", plain + [utils.to_checksum_address(p) for p in plain] + [mutate(utils.to_checksum_address(p), "0123456789abcdefABCDEF") for p in plain] + [p.upper() for p in plain], evm)

try:
    from monero.address import address as monero_address
    from monero import base58 as monero58, ed25519
    from Crypto.Hash import keccak

    def xmr_make(version, length):
        keys = b"".join(bytes.fromhex(ed25519.public_from_secret_hex("%064x" % (rng.randrange(1, 2**240) << 8))) for _ in range(2))
        body = bytes([version]) + keys + rng.randbytes(length - 64)
        return monero58.encode((body + keccak.new(digest_bits=256, data=body).digest()[:4]).hex())

    def monero(value):
        try:
            found = monero_address(value)
        except Exception:  # the library raises several kinds
            return None
        return value if found.net == "main" else None

    values = [xmr_make(v, 64) for v in [18, 42] * (rounds // 4)] + [xmr_make(19, 72) for _ in range(rounds // 8)] + [xmr_make(v, 64) for v in (53, 24, 63, 36, 1) * 6]
    check("xmr", "xmr", mix(values, ALPHABET), monero)
except ImportError as error:
    skipped.append(f"monero: {error}")

try:
    from cashaddress import convert

    def bitcoin_cash(value):
        text = value if ":" in value else "bitcoincash:" + value
        try:
            found = convert.Address._cash_string(text)
        except Exception:
            return None
        return found.cash_address() if found.prefix == "bitcoincash" else None

    addresses = [convert.to_cash_address(b58(bytes([rng.choice([0, 5])]), rng.randbytes(20))) for _ in range(rounds)]
    check("bch", "bch", addresses + [a.split(":")[1] for a in addresses] + ["bitcoincash:" + mutate(a.split(":")[1], "qpzry9x8gf2tvdw0s3jn54khce6mua7l") for a in addresses], bitcoin_cash)
    both = [b58(bytes([rng.choice([0, 5])]), rng.randbytes(20)) for _ in range(rounds // 2)]
    check("bch (Base58)", "bch", both, convert.to_cash_address)
except ImportError as error:
    skipped.append(f"cashaddress: {error}")

try:
    from solders.pubkey import Pubkey

    def solana(value):
        try:
            key = Pubkey.from_string(value)
        except ValueError:
            return None
        return str(key) if any(bytes(key)) else None
    check("sol", "sol", mix([(base58.b58encode(rng.choice([b"", b"\0", b"\0\0\0"]) + rng.randbytes(rng.choice([29, 31, 32, 32, 33]))).decode()) for _ in range(rounds)], ALPHABET), solana)
except ImportError as error:
    skipped.append(f"solders: {error}")

# ---------------------------------------------------------------- onion services, digests


def onion_make():
    import base64
    key = rng.randbytes(32)
    check_sum = hashlib.sha3_256(b".onion checksum" + key + b"\3").digest()[:2]
    return base64.b32encode(key + check_sum + b"\3").decode().lower() + ".onion"


def onion(value):
    import base64
    label = value.lower()[: -len(".onion")] if value.lower().endswith(".onion") else value.lower()
    if len(label) == 16 and re.fullmatch("[a-z2-7]{16}", label) and value.lower().endswith(".onion"):
        return value.lower()
    if not re.fullmatch("[a-z2-7]{56}", label):
        return None
    raw = base64.b32decode(label.upper())
    good = raw[34] == 3 and hashlib.sha3_256(b".onion checksum" + raw[:32] + b"\3").digest()[:2] == raw[32:34]
    return label + ".onion" if good else None


onions = [onion_make() for _ in range(rounds)]
check("onion", "onion", onions + [mutate(o[:56], "abcdefghijklmnopqrstuvwxyz234567") + ".onion" for o in onions] + [o.upper() for o in onions], onion)

tlsh = module("tlsh")
if tlsh:
    hashes = [tlsh.hash(rng.randbytes(600)) for _ in range(rounds // 4)]
    check("tlsh", "tlsh", [h for h in hashes if h] + [h[2:] for h in hashes if h.startswith("T1")] + [h.lower() for h in hashes], lambda v: ("T1" + v[-70:].upper()))

# ---------------------------------------------------------------- packages

try:
    from packaging.utils import canonicalize_name, is_normalized_name, parse_sdist_filename, parse_wheel_filename, InvalidSdistFilename, InvalidWheelFilename
    names = ["".join(rng.choice("abzAZ019._-") for _ in range(rng.randrange(1, 14))) for _ in range(rounds * 3)]

    def pypi(value):
        if not re.fullmatch(r"([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9])", value):
            return None
        return canonicalize_name(value)
    check("pypi", "pypi", [n for n in names if not n.endswith((".zip", ".whl"))], pypi)
    sound = [n for n in names if re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._]*[A-Za-z0-9])?", n)]
    wheels = [f"{n.replace('-', '_')}-{rng.randrange(9)}.{rng.randrange(20)}-py3-none-any.whl" for n in sound]

    def wheel(value):
        try:
            return str(parse_wheel_filename(value)[0])
        except InvalidWheelFilename:
            return None
    check("pypi (wheels)", "pypi", [w for w in wheels if wheel(w)], wheel)
    check("pypi (sdists)", "pypi", [f"{n}-{rng.randrange(9)}.{rng.randrange(20)}.tar.gz" for n in sound], lambda v: str(parse_sdist_filename(v)[0]))
except ImportError as error:
    skipped.append(f"packaging: {error}")

try:
    from packageurl import PackageURL
    KINDS = ["npm", "pypi", "github", "golang", "maven", "deb", "gem", "nuget", "docker", "cargo", "generic", "composer", "bitbucket", "rpm", "cocoapods", "hackage", "PYPI", "Npm"]
    SPACE = ["", "", "%40Scope/", "org.Apache/", "Owner/", "a/b/C/", "/"]
    NAMES = ["Left-Pad", "hex_colurs", "a%20b", "Name.With.Dots", "é", "a+b", "%40x", "n~1"]
    VERSIONS = ["", "@1.0", "@1.0%2B2", "@V1.2-RC1", "@sha256:abc", "@1%3A2", "@"]
    QUALIFIERS = ["", "?arch=amd64", "?B=2&a=1", "?repository_url=https://x.example/y", "?a=&b=1", "?k=a%20b", "?checksum=sha1:ab,sha256:cd"]
    SUBPATHS = ["", "#a/b", "#/a//./b/", "#a%20b"]

    def purl(value):
        try:
            # The scheme's case does not count (purl-spec); the library wants it lower. It also keeps the case of namespaces that the
            # types' definitions have lower.
            value = re.sub("(?i)^pkg:", "pkg:", value)
            found = PackageURL.from_string(value)
            if found.type in ("deb", "rpm", "golang", "npm") and found.namespace:
                found = found._replace(namespace=found.namespace.lower())
            if found.type in ("deb", "golang"):
                found = found._replace(name=found.name.lower())
            return re.sub("%[0-9a-fA-F]{2}", lambda m: m.group().upper(), found.to_string())
        except ValueError:
            return None
    check("purl", "purl", [rng.choice(["pkg:", "pkg:", "pkg://", "PKG:"]) + rng.choice(KINDS) + "/" + rng.choice(SPACE) + rng.choice(NAMES) + rng.choice(VERSIONS) + rng.choice(QUALIFIERS) + rng.choice(SUBPATHS) for _ in range(rounds * 3)], purl)
except ImportError as error:
    skipped.append(f"packageurl: {error}")

for reason in skipped:
    print(f"skipped {reason}")
print(f"measured {compared} values compared, {failures} disagreements")
sys.exit(1 if failures else 0)
