"""A knowledge base of deep learning in which every statement can be read, queried and run."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase, check, load
    from kb.problems import KnowledgeBaseError, NoSuchEntryError, Problem

__all__ = ["KnowledgeBase", "KnowledgeBaseError", "NoSuchEntryError", "Problem", "__version__", "check", "load"]

__version__: str


def __getattr__(name: str) -> Any:
    """Import the library when something of it is first asked for: `kb --help` and every submodule pass here."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "__version__":
        return import_module("kb.version").version()
    home = "kb.knowledge_base" if name in ("KnowledgeBase", "check", "load") else "kb.problems"
    value = globals()[name] = getattr(import_module(home), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
