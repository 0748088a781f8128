"""`python -m benchmarks.tracing.receiver`: takes spans on a free port, says which, and looks at none.

A process of its own, because a collector's work is not the worker's.
"""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Takes(BaseHTTPRequestHandler):
    """Reads a batch and answers that it has it."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Takes one batch."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Takes) as server:
        print(server.server_port, flush=True)
        server.serve_forever()
