"""A knowledge base of deep learning in which every statement can be read, queried and run."""

from kb.knowledge_base import KnowledgeBase, check, load
from kb.problems import KnowledgeBaseError, NoSuchEntryError, Problem
from kb.version import version

__all__ = ["KnowledgeBase", "KnowledgeBaseError", "NoSuchEntryError", "Problem", "__version__", "check", "load"]

__version__: str


def __getattr__(name: str) -> str:
    """Return the version when it is asked for, since looking it up takes long."""
    if name == "__version__":
        return version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
