"""Links from entries to code: `implementations.architectures.recurrent.lstm:LSTM`.

A link resolves only inside `implementations`, to a regular file that is reached over no symbolic link. Everything here
reads sources without running them, so that loading and checking a knowledge base run no code; `kb.importing` runs it.
"""

from __future__ import annotations

import ast
import stat
from functools import lru_cache
from pathlib import Path

from kb.folders import is_plain

PACKAGE = "implementations"
MOST_BYTES = 200_000
"""Of a source file: a reference implementation is read by people."""


class SourceError(ValueError):
    """A source file cannot be read as Python; the message says why."""


def is_own(root: Path, path: Path) -> bool:
    """Whether a file or folder exists inside `implementations`, with no symbolic link on the way to it."""
    return path.is_relative_to(root / PACKAGE) and is_plain(root, path)


def source_file(root: Path, link: str) -> Path:
    """Return the file that a link names, whether or not it exists.

    Examples:
        >>> source_file(Path("."), "implementations.architectures.graph.gcn:GCN").as_posix()
        'implementations/architectures/graph/gcn.py'
    """
    module, _, _ = link.partition(":")
    return root.joinpath(*module.split(".")).with_suffix(".py")


def problem_with(root: Path, link: str) -> str | None:
    """Return why a link does not resolve, or None if it does. No code is run."""
    module, _, name = link.partition(":")
    if module.split(".")[0] != PACKAGE:
        return f"links resolve only inside `{PACKAGE}`, came {link!r}"
    path = source_file(root, link)
    shown = path.relative_to(root).as_posix()
    if not path.exists():
        return f"no file {shown}: write it, or correct the link"
    if not is_own(root, path):
        return f"{shown} leads outside `{PACKAGE}`: it must be a file there, not a symbolic link"
    try:
        return None if name in defined_names(path) else f"{shown} defines no {name!r}"
    except SourceError as error:
        return f"{shown} {error}"


def readable_source(root: Path, link: str) -> Path | None:
    """Return the file of a link if it may be read and shown, else None."""
    path = source_file(root, link)
    return path if is_own(root, path) and path.is_file() else None


def read(path: Path) -> str:
    """Return the text of a source file.

    Raises:
        SourceError: It is no regular file, too long, or not UTF-8.
    """
    try:
        status = path.stat()
    except (OSError, ValueError):
        raise SourceError("is no regular file") from None
    if not stat.S_ISREG(status.st_mode):
        raise SourceError("is no regular file")
    if status.st_size > MOST_BYTES:
        raise SourceError(f"has {status.st_size:,} bytes: a source has at most {MOST_BYTES:,}")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(f"is not UTF-8 text ({error.reason} at byte {error.start})") from None


def defined_names(path: Path) -> frozenset[str]:
    """Return the classes, functions and variables that a module defines at its top level.

    Raises:
        SourceError: The file cannot be read as Python.
    """
    names: set[str] = set()
    for node in parse(path).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return frozenset(names)


def parse(path: Path) -> ast.Module:
    """Parse a source file.

    Raises:
        SourceError: The file cannot be read as Python.
    """
    return _parse(read(path))


@lru_cache(maxsize=4096)
def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise SourceError(f"is not valid Python: {error.msg} (line {error.lineno})") from None
    except (ValueError, RecursionError, MemoryError):  # a NUL; nesting deeper than any code that people write
        raise SourceError("is not valid Python: it holds a NUL or is nested too deeply") from None


def imported_modules(path: Path) -> frozenset[str]:
    """Return the modules inside `implementations` that a source file imports, anywhere in it.

    Raises:
        SourceError: The file cannot be read as Python.
    """
    return _imports(read(path))


@lru_cache(maxsize=4096)
def _imports(source: str) -> frozenset[str]:
    # Cached by its text, as the same few probes are among the sources of every architecture.
    found: set[str] = set()
    for node in ast.walk(_parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
    return frozenset(name for name in found if name.split(".")[0] == PACKAGE)


def sources_of(root: Path, link: str) -> list[Path]:
    """Return the file of a link and every file inside `implementations` that it imports, directly or not, sorted.

    Files that cannot be read as Python are among them; what they import is not known.
    """
    found: set[Path] = set()
    pending = [source_file(root, link)]
    while pending:
        path = pending.pop()
        if path in found or not is_own(root, path):
            continue
        found.add(path)
        try:
            imported = imported_modules(path)
        except SourceError:
            continue
        pending.extend(root.joinpath(*module.split(".")).with_suffix(".py") for module in imported)
    return sorted(found)
