"""Reading the files of a stranger's folder: only regular files inside it, of a bounded size, as clean UTF-8 text.

No link is followed, whether to a file or to a folder, so nothing outside the folder is read. Nothing is opened that
could block or never end, such as a pipe or a device: what a name stands for is asked before and after opening.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from kb.characters import find_unseen, instead_of, name_of

MAX_BYTES = 200_000
"""The size of the largest file that is read; the largest entry there is has 26 kB."""
MOST_LINES = 20
"""Lines with forbidden characters that are reported of one file."""
_CLEAN = bytes([*b"\n\t", *range(0x20, 0x7F)])
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class UnreadableError(Exception):
    """A file cannot be read. `reasons` are lines and sentences; the line is 0 where the file was not even opened."""

    def __init__(self, *reasons: tuple[int, str]) -> None:
        super().__init__("\n".join(sentence for _, sentence in reasons))
        self.reasons = reasons


def files_below(folder: str, depth: int) -> Iterator[tuple[str, UnreadableError | None]]:
    """Yield the path of every file below a folder in a fixed order, and of everything that is no file, with the reason.

    Names that begin with a dot are left to the programs that made them. Paths are strings: with thousands of entries,
    `Path` arithmetic is what takes the time.

    Args:
        folder: Where to begin.
        depth: Levels of folders to go down; what lies deeper is yielded as its folder, with a reason.
    """
    try:
        with os.scandir(folder) as listing:
            found = sorted((entry for entry in listing if not entry.name.startswith(".")), key=lambda each: each.name)
    except OSError as error:
        yield folder, UnreadableError((0, f"the folder cannot be read ({error.strerror}): change its permissions"))
        return
    folders = []
    for entry in found:
        if entry.is_file(follow_symlinks=False):
            yield entry.path, None
        elif entry.is_dir(follow_symlinks=False) and not entry.name.endswith(".yaml"):
            folders.append(entry.path)
        else:
            yield entry.path, UnreadableError((0, _no_file(entry.stat(follow_symlinks=False).st_mode)))
    for path in folders:
        if depth:
            yield from files_below(path, depth - 1)
        else:
            yield path, UnreadableError((0, _no_file(stat.S_IFDIR)))


def _no_file(mode: int) -> str:
    """Say what stands where a file belongs, and what to do."""
    if stat.S_ISLNK(mode):
        return "a symbolic link, which is not followed: put the file or folder itself here"
    if stat.S_ISDIR(mode):
        return "a folder where a file belongs: move what is in it"
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
    return f"{kinds.get(stat.S_IFMT(mode), 'not a regular file')}, where a regular file belongs: remove it"


def read_text(path: str | Path) -> str:
    """Return the text of a file, without a byte order mark and with plain line ends.

    Raises:
        UnreadableError: It is no regular file, too large, not UTF-8, or holds characters that no entry may hold.
    """
    data = _read(path)
    if not data.translate(None, _CLEAN):
        return data.decode("ascii")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8 text ({error.reason} at byte {error.start}): save the file as UTF-8"
        raise UnreadableError((line, message)) from None
    unseen = tuple(islice(_unseen(text), MOST_LINES))
    if unseen:
        raise UnreadableError(*unseen)
    return text


def _unseen(text: str) -> Iterator[tuple[int, str]]:
    """Yield every line with a character that no entry may hold."""
    if find_unseen(text, allowed="\n\t"):
        for number, line in enumerate(text.split("\n"), start=1):
            found = find_unseen(line, allowed="\t")
            if found:
                place = f"column {found.start() + 1} holds {name_of(found.group())}"
                yield number, f"{place}, which no entry may hold: {instead_of(found.group())}"


def _read(path: str | Path) -> bytes:
    try:
        handle = os.open(path, _OPEN)
    except OSError as error:
        raise UnreadableError((0, _not_opened(path, error))) from None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError((0, _no_file(status.st_mode)))
        data = b"".join(_chunks(handle)) if status.st_size <= MAX_BYTES else b""
    finally:
        os.close(handle)
    size = max(status.st_size, len(data))
    if size > MAX_BYTES:
        raise UnreadableError((1, f"{size:,} bytes: a file here has at most {MAX_BYTES:,}; split it"))
    return data


def _chunks(handle: int) -> Iterator[bytes]:
    """Yield what a file holds, or so much of it that it is seen to be too large."""
    left = MAX_BYTES + 1
    while left > 0 and (chunk := os.read(handle, left)):
        yield chunk
        left -= len(chunk)


def _not_opened(path: str | Path, error: OSError) -> str:
    """Say why a file was not opened: links, sockets and some devices refuse, and a file may be forbidden."""
    try:
        mode = os.lstat(path).st_mode
    except OSError:
        mode = stat.S_IFREG
    if stat.S_ISREG(mode):
        return f"cannot be opened ({error.strerror}): change its permissions"
    return _no_file(mode)
