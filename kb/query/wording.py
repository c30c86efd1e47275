"""How a relation reads, from either of its ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kb.graph import INVERSE

FORWARD = {
    "parts": "has the part",
    "sections": "leads through",
    "task": "is trained on",
    "about": "is about",
    "effects": "acts on",
}
"""Relations whose field has not the name of a relation; all others read as their field is called."""


def worded(relation: str, *, backwards: bool = False) -> str:
    """Return a relation in words.

    Examples:
        >>> worded("introduced-by"), worded("introduced-by", backwards=True)
        ('introduced by', 'introduces')
    """
    if backwards:
        return INVERSE.get(relation, f"inverse of {relation}")
    return FORWARD.get(relation) or relation.replace("-", " ")


def reason(details: Mapping[str, Any]) -> str:
    """Return what an edge of the graph says beside its relation: a role, a reason, a condition or a place."""
    return next((str(details[name]) for name in ("role", "because", "when", "note", "at") if details.get(name)), "")
