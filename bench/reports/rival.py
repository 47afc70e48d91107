#!/usr/bin/env python3
"""One rival as a process of its own, so that it can be ended when it takes too long.

rival.py ioc-finder|iocextract|ioc-fanger

Reads one path a line from standard input; answers each with one line of JSON: the values found and the CPU seconds that the call took,
without its start and the reading of the file.
"""
import json
import logging
import re
import sys
import time


def ioc_finder():
    from ioc_finder import find_iocs

    names = (
        "domains", "urls", "ipv4s", "ipv6s", "email_addresses", "md5s", "sha1s", "sha256s", "sha512s", "ipv4_cidrs", "cves",
        "bitcoin_addresses", "monero_addresses", "registry_key_paths",
    )

    def find(text):
        found = find_iocs(text)
        return {value for name in names for value in found.get(name, [])}

    return find


def iocextract():
    import iocextract

    return lambda text: set(iocextract.extract_iocs(text, refang=True))


def ioc_fanger():
    import ioc_fanger

    # It changes text and finds nothing itself: what it leaves is cut at white space and table bars, as its users do.
    return lambda text: set(re.split(r"[\s|,\"'`<>]+", ioc_fanger.fang(text)))


TOOLS = {"ioc-finder": ioc_finder, "iocextract": iocextract, "ioc-fanger": ioc_fanger}

if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    find = TOOLS[sys.argv[1]]()
    for line in sys.stdin:
        with open(line.rstrip("\n"), encoding="utf-8", errors="replace") as file:
            text = file.read()
        start = time.process_time()
        values = sorted(find(text))
        print(json.dumps({"values": values, "cpu": time.process_time() - start}), flush=True)
