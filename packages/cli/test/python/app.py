"""An app as Flyte's Python SDK writes it."""

import http.server
import os

from flyte.app import AppEnvironment

env = AppEnvironment(name="py-app", requires_auth=False, env_vars={"GREETING": "hello"})

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{os.environ['GREETING']} {self.path}".encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

@env.server
def serve():
    http.server.ThreadingHTTPServer(("127.0.0.1", env.get_port().port), Handler).serve_forever()
