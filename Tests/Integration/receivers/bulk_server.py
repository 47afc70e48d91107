"""A receiver that misbehaves: Elasticsearch's _bulk, Splunk's HEC and plain HTTP on loopback.

usage: bulk_server.py PORT DIRECTORY

It keeps what it took in DIRECTORY/taken (one JSON object a line: path, id, document) and obeys DIRECTORY/script, one word a line for
the requests to come: ok, drop-ack (takes everything, then cuts the connection), 413, 429 (Retry-After 1), 503, garble (takes, answers
rubbish), hang (takes nothing, stays silent for 3 s), busy-items (429 for every third item), 401, 400. Without a line left it is well.
A document whose text holds POISON is refused with 400 in _bulk, and with the whole body elsewhere. Bodies above 60,000 bytes get 413.
"""
import http.server
import json
import os
import sys
import threading

port, directory = int(sys.argv[1]), sys.argv[2]
lock = threading.Lock()
taken = {}
log = open(os.path.join(directory, "taken"), "a", encoding="utf-8")
requests = open(os.path.join(directory, "requests"), "a", encoding="utf-8")


def next_word():
    with lock:
        path = os.path.join(directory, "script")
        try:
            with open(path) as file:
                words = file.read().split()
        except FileNotFoundError:
            return "ok"
        if not words:
            return "ok"
        with open(path, "w") as file:
            file.write("\n".join(words[1:]))
        return words[0]


def keep(path, identity, document):
    log.write(json.dumps({"path": path, "id": identity, "document": document}) + "\n")
    log.flush()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def wait_for_hangup(self, seconds):
        """Stays silent until the client has gone, at most so long."""
        self.connection.settimeout(seconds)
        try:
            self.connection.recv(1)
        except OSError:
            pass

    def cut(self):
        self.close_connection = True
        try:
            self.connection.shutdown(2)
        except OSError:
            pass  # The client has gone already.

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        word = next_word()
        with lock:
            requests.write("%s %s %d %s\n" % (word, self.path, len(body), self.headers.get("Authorization", "-")))
            requests.flush()
        want = os.path.join(directory, "authorization")
        if os.path.exists(want) and self.headers.get("Authorization") != open(want).read().strip():
            return self.answer(401, {"error": "unauthorized"})
        if word == "413" or len(body) > 60000:
            return self.answer(413, {"error": "too large"})
        if word == "429":
            return self.answer(429, {"error": "slow down"}, [("Retry-After", "1")])
        if word == "429-long":
            return self.answer(429, {"error": "slow down"}, [("Retry-After", "900")])
        if word in ("503", "401", "400", "500"):
            return self.answer(int(word), {"error": word})
        if word == "hang":
            self.wait_for_hangup(3)
            return self.cut()
        lines = body.decode("utf-8").rstrip("\n").split("\n")
        if self.path.endswith("_bulk"):
            reply = self.bulk(lines, word)
        else:
            if any("POISON" in line for line in lines):
                return self.answer(400, {"text": "Invalid data format", "code": 6})
            with lock:
                for line in lines:
                    document = json.loads(line)
                    keep(self.path, None, document)
            reply = {"text": "Success", "code": 0}
        if word == "drop-ack":
            return self.cut()
        if word == "garble":
            return self.answer(200, b"<html>\x00\xff it works")
        self.answer(200, reply)

    def bulk(self, lines, word):
        items = []
        assert len(lines) % 2 == 0, "a _bulk body is pairs of lines"
        with lock:
            for number in range(0, len(lines), 2):
                action, document = json.loads(lines[number]), json.loads(lines[number + 1])
                identity = action["create"]["_id"]
                if "POISON" in lines[number + 1]:
                    error = {"type": "document_parsing_exception", "reason": "failed to parse"}
                    items.append({"create": {"_id": identity, "status": 400, "error": error}})
                elif word == "busy-items" and number % 3 == 0:
                    error = {"type": "es_rejected_execution_exception", "reason": "queue full"}
                    items.append({"create": {"_id": identity, "status": 429, "error": error}})
                elif (self.path, identity) in taken:
                    error = {"type": "version_conflict_engine_exception", "reason": "document already exists"}
                    items.append({"create": {"_id": identity, "status": 409, "error": error}})
                else:
                    taken[self.path, identity] = True
                    keep(self.path, identity, document)
                    items.append({"create": {"_id": identity, "status": 201}})
        return {"took": 1, "errors": any(item["create"]["status"] > 299 for item in items), "items": items}


server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
server.daemon_threads = True
server.serve_forever()
