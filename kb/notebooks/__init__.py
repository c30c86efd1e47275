"""Notebooks about an architecture, written and executed: what it is made of, what it assumes, what it learns."""

from kb.notebooks.cells import notebook
from kb.notebooks.executing import execute

__all__ = ["execute", "notebook"]
