"""The state of a knowledge base: a digest of all that its folder holds, and of the library that reads it.

What depends on nothing else can be kept and asked for again by it: two states are equal only if every file is.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import stat
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from kb.folders import DISTRIBUTION, PACKAGE, bundled_root

FOLDERS = ("entries", "evidence", "implementations")
"""What a knowledge base is read from."""
CLOCKS = 2.0
"""Seconds by which the time of a file may be behind."""
MOST_BYTES = 20_000_000
"""Of a file: larger than any that is read."""
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def state_of(root: Path, since: float = math.inf) -> bytes | None:
    """Return a digest of a knowledge base as it is now, and of the library; None where it cannot be known.

    Nothing outside the folder is read: of a link only where it leads counts. A file that cannot be read, or is larger
    than any that a knowledge base has, gives no state.

    Args:
        root: The folder of the knowledge base.
        since: A moment, in seconds as `time.time` has them: there is no state if anything was written after it.
    """
    found = hashlib.blake2b(str(root).encode(errors="surrogateescape"), digest_size=20)
    places = [str(root / folder) for folder in FOLDERS] + [str(PACKAGE), str(bundled_root() / "docs")]
    try:
        for place in places:
            for path in _below(place):
                content = _content(path, since)
                for part in (os.fsencode(path), content):
                    found.update(len(part).to_bytes(8, "big") + part)
    except OSError:
        return None
    found.update("\n".join(_versions()).encode())
    return found.digest()


def _below(folder: str) -> Iterator[str]:
    """Everything below a folder that is no folder, in a fixed order; nothing where there is none."""
    if not os.path.lexists(folder) or os.path.islink(folder):
        yield folder
        return
    with os.scandir(folder) as listing:
        found = sorted(listing, key=lambda entry: entry.name)
    for entry in found:
        if not entry.is_dir(follow_symlinks=False):
            yield entry.path
        elif entry.name != "__pycache__" and entry.path != str(PACKAGE / "bundled"):
            yield from _below(entry.path)
    yield folder + os.sep  # it counts even where it is empty


def _content(path: str, since: float) -> bytes:
    """What stands for the content of a path."""
    if not os.path.lexists(path):
        return b"nothing"
    kind = os.lstat(path)
    if kind.st_ctime > since - CLOCKS:
        raise OSError(f"{path} was written meanwhile")
    if path.endswith(os.sep):
        return b"folder"
    if stat.S_ISLNK(kind.st_mode):
        return b"link " + os.fsencode(os.readlink(path))
    if not stat.S_ISREG(kind.st_mode):
        return f"kind {stat.S_IFMT(kind.st_mode)}".encode()
    if kind.st_size > MOST_BYTES:
        raise OSError(f"{path} is too large")
    with open(os.open(path, _OPEN), "rb") as file:
        return b"file " + file.read(MOST_BYTES)


def _versions() -> Iterator[str]:
    """Python, and every package that the library needs, with its version."""
    yield sys.version
    for line in sorted(metadata.requires(DISTRIBUTION) or ()):
        if ";" not in line:
            name = re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0]
            yield f"{name} {metadata.version(name)}"
