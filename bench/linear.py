#!/usr/bin/env python3
"""Hostile text costs linear time: bench/linear.py UKAI

One and four megabytes of each piece go through `ukai extract`, `refang` and `normalize`. A megabyte must cost less than a second of CPU, and
four must cost at most six times as much as one: quadratic work would cost sixteen times as much. Ends with 1 where one does not hold.
"""
import os
import resource
import subprocess
import sys

PIECES = ["[", "(", "[.", ".]", "a[.]", "a\u3002", "\u200b", "a\u200b", "hxxp", "hxxp://", "@a", " at a dot ", "[at]", "a(", "](", "https://a[", "a,", "a.b/", "Lazarus, ", "拉撒路", "&#46;", "<", "<a ", "\\."]


def cost(command, size, piece):
    text = (piece * (size // len(piece.encode()))).encode() + b"\n"
    best = None
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.argv[1], command, "--json", "-"], input=text, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = spent if best is None else min(best, spent)
    return best


failed = 0
for command in ("extract", "refang", "normalize"):
    start = cost(command, 1, "a")
    worst, slowest = (0.0, ""), (0.0, "")
    for piece in PIECES:
        one, four = cost(command, 1_000_000, piece), cost(command, 4_000_000, piece)
        # Below a tenth of a second noise decides the ratio.
        ratio = (four - start) / max(one - start, 0.1)
        worst, slowest = max(worst, (ratio, piece)), max(slowest, (one, piece))
        if ratio > 6 or one >= 1:
            failed += 1
            print(f"{command} {piece!r}: {one:.2f} s for 1 MB, {four:.2f} s for 4 MB")
    print(f"{command}: {len(PIECES)} pieces; 1 MB costs at most {slowest[0]:.2f} s ({slowest[1]!r}); 4 MB at most {worst[0]:.1f} times 1 MB ({worst[1]!r})")
sys.exit(1 if failed else 0)
