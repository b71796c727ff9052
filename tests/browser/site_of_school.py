"""A site of someone else's: the pages of a school that embed the chat, on an origin of their own."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = """<!doctype html>
<html lang="fr">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lycée des Jalons</title></head>
<body>{body}</body>
</html>"""


class Site:
    """Serves pages on a free port of `localhost`, which is not the host that Jalon's server is called by."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.origin = f"http://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def page(self, path: str, body: str, policy: str = "") -> str:
        """Put a page there; its address. `policy` is its Content-Security-Policy."""
        self.pages[path] = (PAGE.format(body=body), policy)
        return self.origin + path

    def stop(self) -> None:
        """Free the port."""
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text, policy = site.pages.get(self.path.partition("?")[0], ("", ""))
                self.send_response(200 if text else 204)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                if policy:
                    self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
