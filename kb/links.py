"""Links from entries to code: `implementations.architectures.recurrent.lstm:LSTM`.

A link resolves only inside `implementations`. Checking that it does reads the source without running it, so that
loading a knowledge base runs no code; `resolve` imports, and is called only by those who mean to run the code.
"""

from __future__ import annotations

import ast
import importlib
from functools import lru_cache
from pathlib import Path
from typing import Any

PACKAGE = "implementations"


def code_root(root: Path) -> Path:
    """Return the folder that holds `implementations`: the knowledge base's own, else the library's."""
    return root if (root / PACKAGE).is_dir() else Path(__file__).parent.parent


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
    folder = (root / PACKAGE).resolve()
    if not path.is_file():
        return f"no file {path.relative_to(root).as_posix()}: write it, or correct the link"
    if not path.resolve().is_relative_to(folder):
        return f"{path.relative_to(root).as_posix()} leads outside `{PACKAGE}`"
    if name not in defined_names(path):
        return f"{path.relative_to(root).as_posix()} defines no {name!r}"
    return None


def defined_names(path: Path) -> frozenset[str]:
    """Return the classes, functions and variables that a module defines at its top level."""
    names: set[str] = set()
    for node in parse(path).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
    return frozenset(names)


def parse(path: Path) -> ast.Module:
    """Parse a source file; a file that is not valid Python counts as empty (the tests report it better)."""
    return _parse(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1024)
def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module(body=[], type_ignores=[])


def imported_modules(path: Path) -> frozenset[str]:
    """Return the modules inside `implementations` that a source file imports, anywhere in it."""
    return _imports(path.read_text(encoding="utf-8"))


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
    """Return the file of a link and every file inside `implementations` that it imports, directly or not, sorted."""
    found: set[Path] = set()
    pending = [source_file(root, link)]
    while pending:
        path = pending.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        pending.extend(root.joinpath(*module.split(".")).with_suffix(".py") for module in imported_modules(path))
    return sorted(found)


def resolve(link: str) -> Any:
    """Import and return what a link names. This is where torch gets imported, and not before.

    Raises:
        ValueError: The link does not lead into `implementations`.
        ImportError: The module or the name does not exist, or a library that it needs is missing.
    """
    module, _, name = link.partition(":")
    if module.split(".")[0] != PACKAGE:
        raise ValueError(f"links resolve only inside `{PACKAGE}`, came {link!r}")
    try:
        return getattr(importlib.import_module(module), name)
    except AttributeError:
        raise ImportError(f"{module} defines no {name!r}") from None
