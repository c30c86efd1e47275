"""Where pages are: an entry's page stands at the path of the entry."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from kb.knowledge_base import KnowledgeBase

TRAITS = "traits/"
"""The folder of the evidence for all traits of an architecture, below its page."""


def page_of(base: KnowledgeBase, entry_id: str) -> str:
    """Return the folder of an entry's page, such as `architectures/recurrent/lstm/`.

    Raises:
        KeyError: There is no such entry.
    """
    return _folder(base.root, base.files[base[entry_id].id])


@cache
def _folder(root: Path, file: Path) -> str:
    return f"{file.relative_to(root / 'entries').with_suffix('').as_posix()}/"


def trait_place(base: KnowledgeBase, architecture: str, bias: str) -> str:
    """Return where the evidence for a trait is: a place on the page of all traits of its architecture.

    Examples:
        `architectures/recurrent/lstm/traits/#causality`
    """
    return f"{page_of(base, architecture)}{TRAITS}#{bias}"


def folder_of(path: str) -> str:
    """Return the folder of the page that is made of a file.

    Examples:
        >>> folder_of("architectures/recurrent/lstm.md"), folder_of("architectures/index.md"), folder_of("index.md")
        ('architectures/recurrent/lstm/', 'architectures/', '')
    """
    return "" if path == "index.md" else path.removesuffix(".md").removesuffix("/index") + "/"


def _way(target: list[str], start: list[str]) -> str:
    """The way between two folders, which are given by their names from the outermost on."""
    same = 0
    while same < min(len(target), len(start)) and target[same] == start[same]:
        same += 1
    return "/".join([".."] * (len(start) - same) + target[same:]) or "."


@lru_cache(maxsize=100_000)
def relative(target: str, page: str) -> str:
    """Return the way from one page's folder to another page, to a place on one, or to a file.

    Examples:
        >>> relative("claims/geometry/lines/#scope", "architectures/recurrent/lstm/")
        '../../../claims/geometry/lines/#scope'
    """
    path, mark, place = target.partition("#")
    way = _way(path.rstrip("/").split("/") if path else [], page.rstrip("/").split("/") if page else [])
    return f"{way}/{mark}{place}" if path.endswith("/") or not path else way + mark + place
