"""Pulses as OTX serves them: pages with `next`, and `modified_since` for what changed at that moment or later.

modified_since.py PORT FOLDER: reads FOLDER/pulses.json (a list) for every answer, writes each query to FOLDER/asked. While FOLDER/fail
exists, pages behind the first answer 403.
"""
import http.server
import json
import os
import sys
import urllib.parse

PORT, FOLDER = int(sys.argv[1]), sys.argv[2]
PAGE = 10


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        with open(os.path.join(FOLDER, "asked"), "a") as file:
            file.write(address.query + "\n")
        page = int(query.get("page", "1"))
        if page > 1 and os.path.exists(os.path.join(FOLDER, "fail")):
            self.send_error(403)
            return
        since = query.get("modified_since", "")
        with open(os.path.join(FOLDER, "pulses.json")) as file:
            found = sorted((p for p in json.load(file) if p["modified"] >= since), key=lambda p: p["modified"], reverse=True)
        link = None
        if len(found) > page * PAGE:
            link = "http://127.0.0.1:%d/pulses?%s" % (PORT, urllib.parse.urlencode({**query, "page": page + 1}))
        body = json.dumps({"count": len(found), "next": link, "results": found[(page - 1) * PAGE:page * PAGE]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
