"""Writes archives, good and hostile, into the directory that is given: the bodies of ArchiveTests."""
import bz2, gzip, io, lzma, os, shutil, subprocess, sys, tarfile, zipfile

directory = sys.argv[1]
body = b"192.0.2.10\narchived.example\n"


def write(name, content):
    with open(os.path.join(directory, name), "wb") as file:
        file.write(content)


def zipped(members, name):
    with zipfile.ZipFile(os.path.join(directory, name), "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in members:
            archive.writestr(path, content)


def tarred(name, *members):
    with tarfile.open(os.path.join(directory, name), "w") as archive:
        for info, content in members:
            if content is not None:
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content) if content is not None else None)


def entry(name, kind=tarfile.REGTYPE, target=""):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


write("good.gz", gzip.compress(body))
write("members.gz", b"".join(gzip.compress(line) for line in body.splitlines(keepends=True)))
write("padded.gz", gzip.compress(body) + bytes(512))
write("members-bad-crc.gz", gzip.compress(body) + gzip.compress(body)[:-8] + bytes(4) + gzip.compress(body)[-4:])
write("good.xz", lzma.compress(body))
write("good.bz2", bz2.compress(body))
if shutil.which("zstd"):
    write("good.zst", subprocess.run(["zstd", "-q", "-c"], input=body, stdout=subprocess.PIPE, check=True).stdout)
zipped([("folder/", b""), ("folder/list.txt", body)], "good.zip")
zipped([("one.txt", b"one.example\n"), ("two.txt", b"two.example\n")], "two.zip")
tarred("good.tar", (entry("list.txt"), body))
with open(os.path.join(directory, "good.tar"), "rb") as file:
    write("good.tar.gz", gzip.compress(file.read()))
tarred("two.tar", (entry("one.txt"), b"one.example\n"), (entry("two.txt"), b"two.example\n"))
with open(os.path.join(directory, "two.tar"), "rb") as file:
    write("two.tar.gz", gzip.compress(file.read()))

zipped([("../../escaped.txt", body)], "slip.zip")
zipped([("list.txt", body), ("../../escaped.txt", body)], "slip-behind.zip")
zipped([("/tmp/ukai-escaped.txt", body)], "absolute.zip")
tarred("symlink.tar", (entry("list.txt", tarfile.SYMTYPE, "/etc/passwd"), None), (entry("b.txt"), body))
tarred("hardlink.tar", (entry("list.txt", tarfile.LNKTYPE, "/etc/passwd"), None), (entry("b.txt"), body))
tarred("device.tar", (entry("list.txt", tarfile.CHRTYPE), None), (entry("b.txt"), body))
tarred("slip.tar", (entry("../escaped.txt"), body))

write("cut.gz", gzip.compress(body * 2000)[:-40])
damaged = bytearray(gzip.compress(body))
damaged[-6] ^= 0xFF
write("bad-crc.gz", bytes(damaged))
layers = body
for _ in range(30):
    layers = gzip.compress(layers)
write("thirty.gz", layers)
write("two-layers.gz", gzip.compress(lzma.compress(body)))

# Not zeros: an empty tar archive is made of those. Long lines, so that the growth is noticed before the number of rows.
filler = (b"192.0.2.10" + b" " * 8181 + b"\n") * 128
with gzip.open(os.path.join(directory, "bomb.gz"), "wb", 6) as file:
    for _ in range(400):
        file.write(filler)
with lzma.open(os.path.join(directory, "bomb.xz"), "wb", preset=0) as file:
    for _ in range(400):
        file.write(filler)
if shutil.which("zstd"):
    write("bomb.zst", subprocess.run(["zstd", "-q", "-c"], input=filler * 400, stdout=subprocess.PIPE, check=True).stdout)
with zipfile.ZipFile(os.path.join(directory, "bomb.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
    with archive.open("list.txt", "w", force_zip64=True) as file:
        for _ in range(400):
            file.write(filler)
