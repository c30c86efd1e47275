"""How an entry is related to others, in words and with reasons, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kb.base import Base
from kb.relations import EFFECTS, rank, worded


@dataclass(frozen=True)
class Related:
    """One relation of an entry.

    Args:
        relation: Its name in the graph.
        words: How it reads from the entry asked about, such as `part of`.
        other: The entry at the other end.
        forward: How it reads from the entry that states it, which is this or the other one.
        backwards: Whether that entry is the one that states it.
        reason: The role, reason, condition or place that it comes with, or nothing.
        variant: The variant that it is stated of, where it is not the default one.
        standing: Where a part stands and how often, as in `6 times, residual`.
    """

    relation: str
    words: str
    other: str
    forward: str
    backwards: bool
    reason: str
    variant: str
    standing: str = ""


def related(base: Base, entry_id: str) -> list[Related]:
    """Return the relations of an entry, the most informative first, its own before those of others.

    Raises:
        NoSuchEntryError: The id is unknown.

    Examples:
        >>> import kb
        >>> first = related(kb.load(), "gru")[0]
        >>> first.words, first.other
        ('specialises', 'recurrent-network')
    """
    start = base[entry_id].id
    found = [_related(data, other, False) for _, other, data in base.graph.out_edges(start, data=True)]
    found += [_related(data, other, True) for other, _, data in base.graph.in_edges(start, data=True)]
    return sorted(found, key=lambda item: rank(item.relation))


def _related(data: Mapping[str, Any], other: str, backwards: bool) -> Related:
    name = data["relation"]
    ways = EFFECTS[data["effect"]] if name == "effects" else (worded(name), worded(name, backwards=True))
    variant, standing = data.get("variant") or "", data.get("standing") or ""
    return Related(name, ways[backwards], other, ways[0], backwards, reason(data), variant, standing)


def reason(details: Mapping[str, Any]) -> str:
    """Return the note on an edge of the graph: a role, a reason, a condition or a place."""
    return next(
        (str(details[name]) for name in ("role", "change", "because", "when", "note", "at") if details.get(name)), ""
    )
