"""Standard output as every reader can take it: UTF-8 to files and pipes, and silence once its reader has left."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress


class _Output(io.TextIOWrapper):
    """A stream that goes on without its reader: a command then ends with its own status, as if all had been read."""

    def write(self, text: str) -> int:
        """Write a text, or drop it where the reader has left."""
        try:
            return super().write(text)
        except BrokenPipeError:
            self._go_on_alone()
            return len(text)

    def flush(self) -> None:
        """Write what waits, or drop it where the reader has left."""
        try:
            super().flush()
        except BrokenPipeError:
            self._go_on_alone()

    def _go_on_alone(self) -> None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


@contextmanager
def for_any_reader() -> Iterator[None]:
    """While this lasts, files and pipes get UTF-8 whatever the code page, and `kb show lstm | head` is no error.

    A terminal gets what it can show, and a question mark for any other character.
    """
    with ExitStack() as stack:
        for name in ("stdout", "stderr"):
            stack.enter_context(_prepared(name))
        yield


@contextmanager
def _prepared(name: str) -> Iterator[None]:
    stream = getattr(sys, name)
    if not isinstance(stream, io.TextIOWrapper):  # of a notebook, say
        yield
        return
    stream.flush()
    encoding = stream.encoding if stream.isatty() else "utf-8"
    output = _Output(stream.buffer, encoding, "replace", line_buffering=stream.line_buffering)
    setattr(sys, name, output)
    try:
        yield
    finally:
        setattr(sys, name, stream)
        with suppress(OSError):  # where nothing could be written, whoever wrote has said so
            output.detach()
