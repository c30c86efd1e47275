"""Writing files so that nothing is lost: beside the target first, flushed to disk, then in one step into place.

Who reads a file sees the old content or the new, never half of one. What is being written to `name` stands beside it in
`.name.kb-aside`, and who writes holds a lock on that. So two runs that write the same file take turns. A run that is
killed loses its lock: what it left is known by its name and by being unlocked, and the next write in the folder removes
it. There is no other lock file, which a library for locks would leave beside every target.

A symbolic link in the target's place is refused: followed, it would lead out of the folder that was meant; replaced, it
would be lost. A device or a pipe is written to as it is.

Where there are no such locks (Windows, some network file systems), two runs that write a file in the same instant are
not kept apart, and left-overs stay until the same file is written again.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from io import FileIO
from pathlib import Path

if sys.platform != "win32":
    import fcntl

ASIDE = ".kb-aside"
"""How the names of files end that are being written beside their targets, or that a killed run has left."""


def write(path: Path, content: str | bytes) -> None:
    """Write a file whole, or leave what was there. Missing folders are made; text is UTF-8.

    A new file gets the permissions that the umask gives, another keeps its own.

    Raises:
        OSError: It cannot be written; `filename` is `path`, and nothing was changed.
    """
    data = content.encode() if isinstance(content, str) else content
    if path.exists() and not path.is_file():
        with _naming(path):
            path.write_bytes(data)
    else:
        update(path, lambda _: data)


def update(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Read a file, and write what follows from it, with no other run in between.

    Args:
        path: The file.
        change: From the old content, empty where there is no file, to the new. If it raises, the old stays.

    Raises:
        OSError: It cannot be read or written; `filename` is `path`, and nothing was changed.
    """
    with _naming(path), _aside(path) as (aside, stream):
        if path.is_symlink():
            raise OSError(errno.ELOOP, "a symbolic link is neither followed nor replaced: name the file itself")
        old = path.read_bytes() if path.exists() else b""
        if path.exists():
            aside.chmod(stat.S_IMODE(path.stat().st_mode) & 0o777)
        _fill(stream, change(old))
        os.replace(aside, path)
        _flush(path.parent)


def create(files: Mapping[Path, str]) -> None:
    """Write new files that belong together: all or none. Nothing is overwritten.

    They appear one after the other, in the order given, when all of them are on disk. A run that is killed in between
    leaves some of them whole; called again, this adds the others.

    Raises:
        FileExistsError: All of them are there, or one with another content; `filename` is that one.
        OSError: One cannot be written; `filename` says which, and nothing was changed.
    """
    with ExitStack() as stack:
        asides = {}
        for path, text in sorted(files.items()):  # in one order, so that no two runs wait for each other
            with _naming(path):
                asides[path], stream = stack.enter_context(_aside(path))
                _fill(stream, text.encode())
        there = [path for path in files if os.path.lexists(path)]
        others = [path for path in there if not path.is_file() or path.read_bytes() != files[path].encode()]
        if others or len(there) == len(files):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str((others or there)[0]))
        placed: list[Path] = []
        try:
            for path in files:
                if path not in there:
                    with _naming(path):
                        os.rename(asides[path], path)
                    placed.append(path)
                    _flush(path.parent)
        except BaseException:
            for path in placed:
                path.unlink()
            raise


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Let an error name the file that was to be written, whichever step has failed, and say that it is as it was."""
    try:
        yield
    except OSError as error:
        what = f"{error.strerror or error}; nothing was changed"
        raise OSError(error.errno, what, str(path)) from error


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    """Make a folder, and take away what was made if nothing comes into it."""
    made = [one for one in (folder, *folder.parents) if not one.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for one in made:
            with suppress(OSError):  # it was not made after all, or is used by others
                one.rmdir()
        raise
    for one in made:
        _flush(one.parent)


@contextmanager
def _aside(path: Path) -> Iterator[tuple[Path, FileIO]]:
    """Open and lock the empty file beside a target, and remove it unless it was moved away."""
    with _folder(path.parent):
        _sweep(path.parent)
        aside = path.with_name(f".{path.name}{ASIDE}")
        while True:
            stream = _open(aside, os.O_CREAT)
            if _lock(stream, wait=True) and _is_at(stream, aside):  # else another run has moved or removed it meanwhile
                break
            stream.close()
        with stream:
            try:
                stream.truncate()
                yield aside, stream
            finally:
                if stream.closed or _is_at(stream, aside):
                    aside.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Remove what killed runs have left in a folder."""
    for left in folder.glob(f".*{ASIDE}"):
        with suppress(OSError), _open(left) as stream:
            if _lock(stream, wait=False) and _is_at(stream, left):
                left.unlink()


def _open(path: Path, flags: int = 0) -> FileIO:
    """Open a file without following a symbolic link, and without a buffer that would be flushed after a failure."""
    flags |= getattr(os, "O_NOFOLLOW", 0)
    return FileIO(path, "r+", opener=lambda name, given: os.open(name, given | flags, 0o666))


def _lock(stream: FileIO, wait: bool) -> bool:
    """Lock a file until it is closed, and say whether that worked. Without locks, what others may write is left."""
    if sys.platform == "win32":
        return wait
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        return wait and not isinstance(error, BlockingIOError)
    return True


def _is_at(stream: FileIO, path: Path) -> bool:
    """Whether an open file still stands under a name."""
    try:
        return os.path.samestat(os.fstat(stream.fileno()), path.lstat())
    except FileNotFoundError:
        return False


def _fill(stream: FileIO, content: bytes) -> None:
    """Write all of a content, and flush it to disk."""
    rest = memoryview(content)
    while rest:
        rest = rest[stream.write(rest) :]
    os.fsync(stream.fileno())
    if sys.platform == "win32":  # which moves no open file
        stream.close()


def _flush(folder: Path) -> None:
    """Put a folder's list of names on disk, where the system can; the files are in place in any case."""
    if sys.platform != "win32":
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            with suppress(OSError):
                os.fsync(handle)
            os.close(handle)
