"""A TAXII 2.1 server that never says `next`: its client has to page by the times of addition alone.

taxii_without_next.py PORT OBJECTS PER_TIME CAP TOKEN: OBJECTS indicators, PER_TIME of them with the same time of addition, at most CAP
a page; answers only those who carry TOKEN as bearer. GET /asked tells how often objects were asked for.
"""
import datetime
import http.server
import json
import sys
import urllib.parse

PORT, OBJECTS, PER_TIME, CAP, TOKEN = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
START = datetime.datetime(2026, 1, 1)


def stamp(number):
    return (START + datetime.timedelta(seconds=number // PER_TIME)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def indicator(number):
    return {
        "type": "indicator", "spec_version": "2.1", "id": "indicator--%08d-0000-4000-8000-000000000000" % number,
        "created": stamp(number), "modified": stamp(number), "valid_from": stamp(number), "pattern_type": "stix",
        "pattern": "[domain-name:value = 'host-%d.taxii.example']" % number,
    }


asked = 0


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def answer(self, status, document, headers=()):
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/taxii+json;version=2.1")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        global asked
        address = urllib.parse.urlsplit(self.path)
        if address.path == "/asked":
            return self.answer(200, asked)
        if self.headers.get("Authorization") != "Bearer " + TOKEN:
            return self.answer(401, {"title": "who are you?"})
        if "application/taxii+json" not in self.headers.get("Accept", ""):
            return self.answer(406, {"title": "only TAXII is spoken here"})
        if address.path == "/root/":
            return self.answer(200, {"title": "root", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 1000})
        if address.path == "/root/collections/":
            return self.answer(200, {"collections": [
                {"id": "11111111-0000-4000-8000-000000000000", "title": "Secret", "can_read": False, "can_write": False},
                {"id": "22222222-0000-4000-8000-000000000000", "title": "All", "alias": "all", "can_read": True, "can_write": False}]})
        if address.path == "/root/collections/22222222-0000-4000-8000-000000000000/objects/":
            asked += 1
            query = dict(urllib.parse.parse_qsl(address.query))
            after = query.get("added_after", "")
            found = [n for n in range(OBJECTS) if stamp(n) > after]
            page = found[:min(int(query.get("limit", CAP)), CAP)]
            document = {"objects": [indicator(n) for n in page]} if page else {}
            if len(page) < len(found):
                document["more"] = True
            dates = [("X-TAXII-Date-Added-First", stamp(page[0])), ("X-TAXII-Date-Added-Last", stamp(page[-1]))] if page else []
            return self.answer(200, document, dates)
        self.answer(404, {"title": "nothing here"})


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
