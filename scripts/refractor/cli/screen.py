"""Lines on a terminal or in a log: those that stay, and a state that the next line writes over."""

from __future__ import annotations

import shutil
from typing import TextIO

LINE_SECONDS = 20.0
"""Where nothing can be written over, a state is a line of its own, at most this often."""

_CLEARED = "\r\x1b[2K"


class Screen:
    """Where the lines go."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._last_state = float("-inf")

    def line(self, text: str) -> None:
        """A line that stays."""
        self._write((_CLEARED if self._terminal else "") + text + "\n")

    def state(self, text: str, *, now: float) -> None:
        """How things stand at `now` (seconds): over the last state, or as a line if that is old enough."""
        if self._terminal:
            columns = shutil.get_terminal_size().columns
            self._write(_CLEARED + (text if len(text) < columns else text[: columns - 2] + "…"))
        elif now - self._last_state >= LINE_SECONDS:
            self._last_state = now
            self._write(text + "\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
