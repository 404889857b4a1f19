"""A program in place of a Jupyter server: it writes down who asks and with which token, and its answers are rubbish."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit


class LyingHandler(BaseHTTPRequestHandler):
    """Answers the Hub, which wants to know whether it has started, and lies to whoever asks for more."""

    lies = 0

    def do_GET(self) -> None:
        """Notes the request down before it answers. The first lie is short, the others have no end."""
        with Path(sys.argv[1]).open("a") as notes:
            said = {name: self.headers.get(name) for name in ("Authorization", "Accept-Encoding")}
            notes.write(json.dumps({"path": self.path, **said}) + "\n")
        is_lie = "/berth/" in self.path
        LyingHandler.lies += is_lie
        self.send_response(200)
        self.send_header("X-JupyterHub-Version", "5.5.4")
        if is_lie and LyingHandler.lies > 1:
            self.end_headers()
            with suppress(OSError):  # until the other side has had enough
                while True:
                    self.wfile.write(b"[" * 65536)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")


address = urlsplit(os.environ["JUPYTERHUB_SERVICE_URL"])
ThreadingHTTPServer((address.hostname or "127.0.0.1", address.port or 80), LyingHandler).serve_forever()
