"""A server that does what servers must not: misbehaving.py PORT LOG [CERTIFICATE KEY [MAXIMUM_TLS]]

The path of a request says how it is answered. Each request is written to LOG as one line of JSON.
"""
import json
import socket
import ssl
import sys
import threading
import time
import zlib

PORT, LOG = int(sys.argv[1]), sys.argv[2]
ROWS = "".join("row-%d.misbehaving.example\n" % n for n in range(50)).encode()
CRLF = b"\r\n"
writing = threading.Lock()
seen = {}


def head(status="200 OK", *fields):
    return ("HTTP/1.1 %s\r\n" % status).encode() + b"".join(f.encode() + CRLF for f in fields) + CRLF


def whole(body, *fields, status="200 OK"):
    return head(status, "Content-Type: text/plain", "Content-Length: %d" % len(body), "Connection: close", *fields) + body


def reset(connection):
    """Closes with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def is_gone(connection, seconds):
    """Waits until the client closes, at most so long: the slow side of a connection. Whether it did."""
    before = connection.gettimeout()
    connection.settimeout(seconds)
    try:
        return not connection.recv(1)
    except TimeoutError:
        return False
    except OSError:
        return True
    finally:
        connection.settimeout(before)


def endless(connection, piece, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        connection.sendall(piece)


def serve(connection, path, headers):
    name, _, rest = path.lstrip("/").partition("/")
    send = connection.sendall
    if name == "good": send(whole(ROWS, 'ETag: "good"'))
    elif name == "slow":
        send(head("200 OK", "Content-Length: %d" % len(ROWS)))
        for byte in ROWS:
            send(bytes([byte]))
            if is_gone(connection, 0.5): return
    elif name == "stalled":
        send(head("200 OK", "Content-Length: %d" % len(ROWS)) + ROWS[:100])
        is_gone(connection, 30)
    elif name == "silent": is_gone(connection, 30)
    elif name == "truncated": send(head("200 OK", "Content-Length: %d" % len(ROWS), 'ETag: "cut"') + ROWS[:300])
    elif name == "reset":
        send(head("200 OK", "Content-Length: %d" % len(ROWS)) + ROWS[:300])
        reset(connection)
    elif name == "excess": send(head("200 OK", "Content-Length: 300") + ROWS)
    elif name == "two-lengths": send(head("200 OK", "Content-Length: 300", "Content-Length: %d" % len(ROWS)) + ROWS)
    elif name == "cut-chunk": send(head("200 OK", "Transfer-Encoding: chunked") + b"100\r\n" + ROWS[:256] + b"\r\n")
    elif name == "bad-chunk": send(head("200 OK", "Transfer-Encoding: chunked") + b"zz\r\n" + ROWS)
    elif name == "bad-status": send(b"HTTP/1.1 two hundred\r\n\r\n" + ROWS)
    elif name == "http09": send(ROWS)
    elif name == "loop": send(head("302 Found", "Location: " + path, "Content-Length: 0"))
    elif name == "hops": send(head("302 Found", "Location: /hops/%d" % (int(rest or 0) + 1), "Content-Length: 0"))
    elif name == "to": send(head("302 Found", "Location: " + rest, "Content-Length: 0"))
    elif name == "endless-body":
        send(head("200 OK"))
        endless(connection, ROWS)
    elif name == "endless-line":
        send(head("200 OK"))
        endless(connection, b"x" * 65536)
    elif name == "endless-header":
        send(b"HTTP/1.1 200 OK\r\n")
        endless(connection, b"X-More: " + b"y" * 1000 + CRLF)
    elif name == "endless-header-line":
        send(b"HTTP/1.1 200 OK\r\nX-More: ")
        endless(connection, b"y" * 65536)
    elif name == "endless-chunks":
        send(head("200 OK", "Transfer-Encoding: chunked"))
        endless(connection, b"400\r\n" + b"x" * 1024 + CRLF)
    elif name == "bomb":
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        send(head("200 OK", "Content-Encoding: gzip"))
        for _ in range(400):
            send(packer.compress(b"\0" * (1 << 20)))
        send(packer.flush())
    elif name == "layers": send(head("200 OK", "Content-Encoding: gzip, gzip, gzip", "Content-Length: 3") + b"abc")
    elif name == "bad-gzip":
        packed = bytearray(zlib.compress(ROWS, 9, 31))
        packed[-6] ^= 0xFF
        send(whole(bytes(packed), "Content-Encoding: gzip"))
    elif name == "cut-gzip": send(whole(zlib.compress(ROWS, 9, 31)[:-9], "Content-Encoding: gzip"))
    elif name == "unasked-304": send(head("304 Not Modified"))
    elif name == "page": send(whole(b"<!DOCTYPE html><html><body>Sorry</body></html>", 'ETag: "page"'))
    elif name == "status": send(whole(ROWS, *(["Retry-After: " + rest.partition("/")[2].replace("_", " ")] if "/" in rest else []), status=rest.partition("/")[0] + " Text"))
    elif name == "once-503":
        seen[path] = seen.get(path, 0) + 1
        send(whole(ROWS) if seen[path] > 1 else whole(b"", status="503 Busy"))
    elif name == "cookie":
        if "x=1" in headers.get("cookie", ""): send(whole(b"a cookie was sent"))
        else: send(head("307 Temporary", "Location: /good", "Set-Cookie: x=1", "Content-Length: 0"))
    else: send(whole(b"nothing here", status="404 Not Found"))


def talk(connection):
    try:
        connection.settimeout(40)
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return
            data += piece
        lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        path = lines[0].split(" ")[1]
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
        with writing, open(LOG, "a") as log:
            log.write(json.dumps({"path": path, "headers": headers}) + "\n")
        serve(connection, path, headers)
    except OSError:
        pass
    finally:
        try:
            connection.close()
        except OSError:
            pass


listener = socket.create_server(("0.0.0.0", PORT), backlog=128, reuse_port=False)
context = None
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if len(sys.argv) > 5:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion[sys.argv[5]]
    context.load_cert_chain(sys.argv[3], sys.argv[4])


def accepted(raw):
    if context:
        try:
            raw = context.wrap_socket(raw, server_side=True)
        except (ssl.SSLError, OSError):
            return
    talk(raw)


open(LOG, "a").close()
while True:
    raw, _ = listener.accept()
    threading.Thread(target=accepted, args=(raw,), daemon=True).start()
