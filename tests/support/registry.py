"""A population registry on loopback: knows nobody, and counts how often each reference was asked about."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class CountingRegistry:
    """Where it answers and what it was asked."""

    url: str = ""
    asked: Counter[str] = field(default_factory=Counter)


@contextmanager
def running_registry() -> Iterator[CountingRegistry]:
    """Serve on a free loopback port."""
    registry = CountingRegistry()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            registry.asked[question["reference"]] += 1
            content = b'{"result": "NOT_FOUND"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registry.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
