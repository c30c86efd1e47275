"""Where pages are: an entry's page stands at the path of the entry."""

from __future__ import annotations

import posixpath

from kb.knowledge_base import KnowledgeBase


def page_of(base: KnowledgeBase, entry_id: str) -> str:
    """Return the folder of an entry's page, such as `architectures/recurrent/lstm/`.

    Raises:
        KeyError: There is no such entry.
    """
    path = base.files[base[entry_id].id].relative_to(base.root / "entries").with_suffix("")
    return f"{path.as_posix()}/"


def cell_page(base: KnowledgeBase, architecture: str, bias: str) -> str:
    """Return the folder of the page of a trait: below that of its architecture.

    Examples:
        `architectures/recurrent/lstm/causality/`
    """
    return f"{page_of(base, architecture)}{bias}/"


def relative(target: str, page: str) -> str:
    """Return the way from one page's folder to another page or file.

    Examples:
        >>> relative("claims/geometry/lines/", "architectures/recurrent/lstm/")
        '../../../claims/geometry/lines/'
    """
    way = posixpath.relpath(target or ".", page or ".")
    return f"{way}/" if target.endswith("/") or not target else way
