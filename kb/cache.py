"""What was made before, by a digest of all that it was made from: figures, finished pages, counts, databases.

It is kept in the user's own cache, or in the folder that the environment variable `KB_CACHE` names, and never in a
folder of entries: those may come from a stranger, and nothing that they hold is taken for something made here.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import ParamSpec

from platformdirs import user_cache_path

P = ParamSpec("P")
LIBRARY = f"{__package__}."
_packages: dict[str, set[str]] = {}
"""The packages that functions depend on of which something is kept, by their module."""
KEPT = 60
"""Days for which something is kept that no build uses."""
FOLDERS = 4
"""Folders of one kind that are kept; they are large."""
TABLE = """CREATE TABLE IF NOT EXISTS made
    (digest BLOB PRIMARY KEY, content BLOB NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID"""
TODAY = "CAST(julianday('now') AS INTEGER)"


class Cache:
    """Texts by digests, in a file of SQLite that several processes may use at a time.

    Args:
        file: Where it is kept. A file that cannot be written or read is no error: everything is then made again.
    """

    def __init__(self, file: Path) -> None:
        self._lock = threading.Lock()
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._data = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
            self._data.execute("PRAGMA journal_mode=WAL")
            self._data.execute("PRAGMA synchronous=OFF")
            self._data.execute(TABLE)
            self._data.execute(f"DELETE FROM made WHERE used < {TODAY} - {KEPT}")
        except (OSError, sqlite3.Error):
            self._data = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            self._data.execute(TABLE)

    def get(self, digest: bytes) -> str | None:
        """Return what was made with this digest, or nothing."""
        with self._lock:
            row = self._data.execute("SELECT content FROM made WHERE digest = ?", (digest,)).fetchone()
            if row is None:
                return None
            self._data.execute(f"UPDATE made SET used = {TODAY} WHERE digest = ? AND used < {TODAY}", (digest,))
        return zlib.decompress(row[0]).decode()

    def keep(self, digest: bytes, text: str) -> None:
        """Keep what was made."""
        row = digest, zlib.compress(text.encode(), 1)
        with self._lock:
            self._data.execute(f"INSERT OR REPLACE INTO made VALUES (?, ?, {TODAY})", row)


@functools.lru_cache(maxsize=1)
def _opened(folder: Path) -> Cache:
    return Cache(folder / "site.sqlite")


def cache() -> Cache:
    """Return the cache of this user."""
    return _opened(_place())


def _place() -> Path:
    named = os.environ.get("KB_CACHE")
    return Path(named) if named else user_cache_path("deep-learning-taxonomy")


def kept_folder(kind: str, key: bytes, make: Callable[[Path], object]) -> Path:
    """Return a folder of the user's cache, which is made now if there is none with this digest.

    Args:
        kind: What is in it. Of each kind, those that were used last are kept.
        key: A digest of all that it is made from.
        make: Makes a folder at a path at which there is nothing yet.

    Raises:
        OSError: It cannot be written.
    """
    kept = _place() / kind
    found = kept / key.hex()
    if not found.is_dir():
        kept.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=kept, prefix="unfinished-", ignore_cleanup_errors=True) as unfinished:
            make(Path(unfinished) / "folder")
            with contextlib.suppress(OSError):  # another process was first: its folder holds the same
                (Path(unfinished) / "folder").rename(found)
    os.utime(found)
    for old in sorted(kept.iterdir(), key=lambda folder: folder.stat().st_mtime)[:-FOLDERS]:  # unfinished ones too
        rmtree(old, ignore_errors=True)
    return found


def digest(*parts: str) -> bytes:
    """Return a digest of texts, and of where each ends.

    Examples:
        >>> digest("a", "b") == digest("ab")
        False
    """
    found = hashlib.blake2b(digest_size=20)
    for part in parts:
        data = part.encode("utf-8", errors="surrogatepass")
        found.update(len(data).to_bytes(8, "big") + data)
    return found.digest()


def digest_of(files: Iterable[Path], packages: Iterable[str] = ()) -> str:
    """Return a digest of what files hold, in the order of their paths, and of the versions of packages."""
    texts = [file.read_bytes().hex() for file in sorted(files)]
    return digest(*texts, *(f"{package} {version(package)}" for package in packages)).hex()


def sources(module: str) -> dict[str, Path]:
    """Return the files, by name, of a module, and of those of this library whose functions, classes and modules it has.

    They are followed in turn, so that no code is left out that the module can reach.

    Args:
        module: Its name.

    Examples:
        >>> list(sources("kb.site.mathml"))
        ['kb.characters', 'kb.formulas', 'kb.site.mathml']
    """
    found: dict[str, Path] = {}
    ahead = [module]
    while ahead:
        here = import_module(ahead.pop())
        if here.__name__ not in found and here.__file__:
            found[here.__name__] = Path(here.__file__)
            ahead += [name for value in vars(here).values() if (name := _home(value)).startswith(LIBRARY)]
    return dict(sorted(found.items()))


def _home(value: object) -> str:
    """The module that something is or comes from."""
    home = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
    return home if isinstance(home, str) else ""


def _made_with(module: str) -> str:
    """A digest of all code that a module reaches, and of the packages that this needs."""
    code = sources(module)
    return digest_of(code.values(), sorted({package for name in code for package in _packages.get(name, ())}))


def remembered(*packages: str) -> Callable[[Callable[P, str]], Callable[P, str]]:
    """Keep what a function returns for its arguments, as long as the code that it reaches does not change.

    The function must depend on nothing else: two arguments differ if `repr` of them does.

    Args:
        packages: Installed packages whose versions it depends on; those of functions that are kept too, and that it
            reaches, come with them.
    """

    def decorate(function: Callable[P, str]) -> Callable[P, str]:
        _packages.setdefault(function.__module__, set()).update(packages)
        made_with = functools.cache(functools.partial(_made_with, function.__module__))

        @functools.wraps(function)
        def remembering(*arguments: P.args, **named: P.kwargs) -> str:
            key = digest(made_with(), function.__qualname__, repr(arguments), repr(sorted(named.items())))
            found = cache().get(key)
            if found is None:
                found = function(*arguments, **named)
                cache().keep(key, found)
            return found

        return remembering

    return decorate
