"""Servers as there are: that refuse, break off, change the file meanwhile, or send something else."""

from __future__ import annotations

import time
from collections.abc import Callable

from mutations import Mutation
from range_server import Answer

Serve = Callable[[Answer], None]


def _refusing(status: int, *, after: int = 0, only: str = "") -> Serve:
    def serve(answer: Answer) -> None:
        if answer.number > after and answer.name.endswith(only):
            answer.status, answer.headers, answer.body = status, {}, b"no"

    return serve


def _when(alter: Serve, *, after: int = 0) -> Serve:
    """Alters what is sent of the reads and of their index, from one answer on."""

    def serve(answer: Answer) -> None:
        if answer.number > after and answer.status in (200, 206):
            alter(answer)

    return serve


def _set(answer: Answer, **headers: str) -> None:
    answer.headers |= {name.replace("_", "-"): value for name, value in headers.items()}


def _cut(answer: Answer) -> None:
    answer.most = len(answer.body) // 2


def _nothing_sent(answer: Answer) -> None:
    answer.most = 0


def _shorter(answer: Answer) -> None:
    answer.body = answer.body[:-1]


def _longer(answer: Answer) -> None:
    answer.body += b"x"


def _other_bytes(answer: Answer) -> None:
    answer.body = answer.body[::-1]


def _zeros(answer: Answer) -> None:
    answer.body = bytes(len(answer.body))


def _page(answer: Answer) -> None:
    answer.status, answer.headers, answer.body = 200, {}, b"<html>sign in</html>"


def _other_place(answer: Answer) -> None:
    span, _, size = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
    if size:
        first, last = map(int, span.split("-"))
        _set(answer, Content_Range=f"bytes {first + 1}-{last + 1}/{size}")


def _other_size(answer: Answer) -> None:
    span, _, size = answer.headers.get("Content-Range", "").partition("/")
    if size:
        _set(answer, Content_Range=f"{span}/{int(size) + 1_000}")


def _changing_tag(answer: Answer) -> None:
    _set(answer, ETag=f'"{answer.number}"')


def _changing_date(answer: Answer) -> None:
    answer.headers.pop("ETag", None)
    _set(answer, Last_Modified=f"Sat, 28 Nov 2026 08:00:{answer.number:02d} GMT")


def _no_tag(answer: Answer) -> None:
    answer.headers.pop("ETag", None)


def _no_tag_and_date(answer: Answer) -> None:
    answer.headers.pop("ETag", None)
    answer.headers.pop("Last-Modified", None)


def _called_compressed(answer: Answer) -> None:
    _set(answer, Content_Encoding="gzip")


def _slow(answer: Answer) -> None:
    time.sleep(0.05)


def _redirect_to_itself(answer: Answer) -> None:
    answer.status, answer.body = 302, b""
    _set(answer, Location="?again")


SERVERS = (
    *(
        Mutation(f"HTTP {status}", serve=_refusing(status))
        for status in (400, 401, 403, 404, 410, 418, 429, 500, 502, 503, 504)
    ),
    *(
        Mutation(f"HTTP {status} from the {after + 1}. answer on", serve=_refusing(status, after=after))
        for status in (403, 404, 429, 500)
        for after in (1,)
    ),
    *(
        Mutation(f"HTTP {status} for the index", serve=_refusing(status, only="i"))
        for status in (403, 404, 429, 500)
    ),
    *(
        Mutation(f"{what}{'' if after == 0 else ', later'}", serve=_when(alter, after=after))
        for what, alter in (
            ("breaks off in the middle", _cut),
            ("closes without a byte", _nothing_sent),
            ("sends a byte less", _shorter),
            ("sends a byte more", _longer),
            ("sends other bytes", _other_bytes),
            ("sends zeros", _zeros),
            ("sends a page", _page),
            ("sends another place of the file", _other_place),
            ("says another size", _other_size),
            ("changes the file: another ETag each time", _changing_tag),
            ("changes the file: another date each time, no ETag", _changing_date),
            ("calls its bytes compressed", _called_compressed),
            ("redirects to itself", _redirect_to_itself),
        )
        for after in (0, 1)
    ),
    Mutation("no ETag", serve=_when(_no_tag), harmless=True),
    Mutation("neither ETag nor date", serve=_when(_no_tag_and_date), harmless=True),
    Mutation("slow", serve=_slow, harmless=True),
    Mutation("sound, its name percent-encoded", harmless=True),
)
