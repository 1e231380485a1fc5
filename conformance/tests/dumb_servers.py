"""Endpoints that are certainly not SWF, to see that cases notice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def serve(status: int, content: bytes) -> Iterator[str]:
    """A server that registers every domain and else answers all alike; yields its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # one packet an answer

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            health = self.command == "GET"
            body = _CAPABILITIES if health else content
            begin = self.headers.get("X-Amz-Target", "").endswith(".RegisterDomain")
            granted = health or begin or "/_emulator/" in self.path
            self.send_response(200 if granted else status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = do_DELETE = _answer

        def log_message(self, format: str, *args: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


_CAPABILITIES = b'{"capabilities": ["clock", "settings", "refusals", "functions", "signatures"]}'
