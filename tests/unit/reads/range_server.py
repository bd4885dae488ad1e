"""A local web server of one folder that serves byte ranges and counts what it sends."""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

MADE = "Sat, 28 Nov 2026 08:00:00 GMT"


@dataclass(slots=True)
class Served:
    """What a server was asked for. `ranges` False: it ignores them; `refuse`: paths answered with a status.

    `below` is the part of each path that names the folder, as a bucket does; `signed` holds Authorization headers.
    """

    address: str = ""
    sent: int = 0
    requests: list[str] = field(default_factory=list)
    ranges: bool = True
    refuse: dict[str, int] = field(default_factory=dict)
    etag: str = '"one"'
    below: str = ""
    signed: list[str] = field(default_factory=list)


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """The files of `folder` at an address of this machine."""
    log = Served()
    lock = threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *parts: object) -> None:
            """Nothing on stderr."""

        def do_GET(self) -> None:
            name = self.path.partition("?")[0].lstrip("/").removeprefix(log.below)
            path = folder / name
            with lock:
                log.requests.append(f"{self.path} {self.headers.get('Range', '')}".strip())
            if "Authorization" in self.headers:
                log.signed.append(self.headers["Authorization"])
            status = log.refuse.get(name, 200 if path.is_file() else 404)
            data = path.read_bytes() if status == 200 else b""
            more = {}
            span = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            if status == 200 and span and log.ranges:
                first, last = int(span[1]), min(int(span[2] or len(data)), len(data) - 1)
                if first >= len(data):
                    status, data = 416, b""
                else:
                    more = {
                        "Content-Range": f"bytes {first}-{last}/{len(data)}",
                        "ETag": log.etag,
                        "Last-Modified": MADE,
                    }
                    status, data = 206, data[first : last + 1]
            with lock:  # before they travel: who has them may ask at once how many there were
                log.sent += len(data)
            self.send_response(status)
            for header, value in {**more, "Content-Length": str(len(data))}.items():
                self.send_header(header, value)
            self.end_headers()
            try:
                self.wfile.write(data)
            except OSError:
                self.close_connection = True

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    log.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield log
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
