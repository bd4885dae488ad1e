"""A local web server of one folder that serves byte ranges and counts what it sends."""

from __future__ import annotations

import http.server
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

MADE = "Sat, 28 Nov 2026 08:00:00 GMT"


@dataclass(slots=True)
class Answer:
    """What a server is about to send: the `number`-th answer about the file `name`; of `body` at most `most` bytes
    travel, then the connection is closed."""

    name: str
    number: int
    status: int
    headers: dict[str, str]
    body: bytes
    most: int | None = None


@dataclass(slots=True)
class Served:
    """What a server was asked for. `ranges` False: it ignores them; `refuse`: paths answered with a status.

    `below` is the part of each path that names the folder, as a bucket does; `signed` holds Authorization headers.
    `change` may alter each answer before it is sent, `latency` are seconds that each takes; `together` is the largest
    number of requests that were under way at once.
    """

    address: str = ""
    sent: int = 0
    requests: list[str] = field(default_factory=list)
    ranges: bool = True
    refuse: dict[str, int] = field(default_factory=dict)
    etag: str = '"one"'
    below: str = ""
    signed: list[str] = field(default_factory=list)
    change: Callable[[Answer], None] | None = None
    latency: float = 0.0
    under_way: int = 0
    together: int = 0


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """The files of `folder` at an address of this machine."""
    log = Served()
    lock = threading.Lock()
    counted: Counter[str] = Counter()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *parts: object) -> None:
            """Nothing on stderr."""

        def do_GET(self) -> None:
            with lock:
                log.under_way += 1
                log.together = max(log.together, log.under_way)
            try:
                time.sleep(log.latency)
                self.answer()
            finally:
                with lock:
                    log.under_way -= 1

        def answer(self) -> None:
            name = unquote(self.path.partition("?")[0].lstrip("/")).removeprefix(log.below)
            path = folder / name
            with lock:
                log.requests.append(f"{self.path} {self.headers.get('Range', '')}".strip())
                counted[name] += 1
                number = counted[name]
            if "Authorization" in self.headers:
                log.signed.append(self.headers["Authorization"])
            status = log.refuse.get(name, 200 if path.is_file() else 404)
            answer = Answer(name, number, status, {}, path.read_bytes() if status == 200 else b"")
            span = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
            if status == 200 and span and log.ranges:
                cut_to(answer, int(span[1]), int(span[2] or len(answer.body)))
            if log.change is not None:
                log.change(answer)
            self.send(answer)

        def send(self, answer: Answer) -> None:
            body = answer.body if answer.most is None else answer.body[: answer.most]
            with lock:  # before they travel: who has them may ask at once how many there were
                log.sent += len(body)
            self.send_response(answer.status)
            for header, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(header, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                self.close_connection = True
            if answer.most is not None:
                self.close_connection = True

    def cut_to(answer: Answer, first: int, last: int) -> None:
        """The answer with the bytes from `first` to `last` only."""
        size = len(answer.body)
        last = min(last, size - 1)
        if first >= size:
            answer.status, answer.body = 416, b""
            return
        answer.headers = {
            "Content-Range": f"bytes {first}-{last}/{size}",
            "ETag": log.etag,
            "Last-Modified": MADE,
        }
        answer.status, answer.body = 206, answer.body[first : last + 1]

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
