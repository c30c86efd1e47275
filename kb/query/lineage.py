"""What an entry came from, and what came from it."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

import networkx as nx

from kb import display
from kb.base import Base
from kb.characters import printable
from kb.graph import subgraph
from kb.relations import having, rank, worded

APART = ("special-case-of", "derives-from")


@dataclass(frozen=True)
class Relative:
    """An ancestor or a descendant.

    Args:
        id: The entry.
        year: When it was introduced, where that is known.
        introduced_by: The paper that did.
        relation: How it stands to `of`, the next entry on the way to the one asked about.
        of: That entry.
        change: What was changed from the older to the newer of the two, where one was made from the other.
    """

    id: str
    year: int | None
    introduced_by: str | None
    relation: str
    of: str
    change: str = ""


@dataclass(frozen=True, repr=False)
class Lineage:
    """Ancestors and descendants over is-a, exact special cases and what was made from what, oldest first.

    Args:
        entry: The entry asked about.
        ancestors: What it is a special case of or was made from, directly or not.
        descendants: What is a special case of it or was made from it.
    """

    entry: str
    ancestors: tuple[Relative, ...]
    descendants: tuple[Relative, ...]

    def __repr__(self) -> str:
        return printable(
            f"<Lineage of {self.entry}: {len(self.ancestors)} before it, {len(self.descendants)} after it>"
        )

    def _repr_html_(self) -> str:
        rows = [
            (
                side,
                *map(display.text, (each.year or "", each.id, f"{each.relation} {each.of}")),
                display.sentence(each.change),
            )
            for side, relatives in (("before", self.ancestors), ("after", self.descendants))
            for each in relatives
        ]
        title = f"<p>lineage of <code>{display.text(self.entry)}</code></p>"
        return title + display.table(
            ("", "year", "entry", "relation", "what was changed"),
            (map(display.sentence, map(str, row)) for row in rows),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the lineage as a JSON-ready dictionary."""
        return asdict(self)


def lineage(base: Base, entry_id: str) -> Lineage:
    """Return the ancestors and descendants of an entry.

    Raises:
        NoSuchEntryError: The id is unknown.

    Examples:
        >>> import kb
        >>> [relative.id for relative in kb.load().lineage("gru").ancestors]
        ['recurrent-network', 'lstm']
    """
    start = base[entry_id].id
    graph = subgraph(base.graph, having("descent"))
    return Lineage(start, _relatives(base, graph, start, upwards=True), _relatives(base, graph, start, upwards=False))


def _relatives(base: Base, graph: nx.MultiDiGraph[str], start: str, *, upwards: bool) -> tuple[Relative, ...]:
    """Walk from the start, nearest first, so that each relative is described by its shortest connection."""
    found: dict[str, Relative] = {}
    start_state = (start, False, "")
    queue, seen = deque([start_state]), {start_state}
    while queue:
        nearer, bound, mixed = queue.popleft()
        for further, relation, change in _steps(graph, nearer, upwards):
            exact = relation == "special-case-of"
            # A special case is one of functions, not of kinds: what specialises a special case need not be one.
            # So, seen from below, no exact step follows after another kind of step.
            if bound and exact is upwards:
                continue
            # Nor was a special case made from what the general one was made from: history and functions do not mix.
            history = relation if relation in APART else mixed
            if mixed and history != mixed:
                continue
            state = (further, bound or exact is not upwards, history)
            if state not in seen:
                seen.add(state)
                queue.append(state)
            if further not in found and further != start:
                found[further] = _relative(base, further, worded(relation, backwards=upwards), nearer, change)
    return tuple(sorted(found.values(), key=lambda relative: (relative.year or 0, relative.id)))


def _steps(graph: nx.MultiDiGraph[str], entry_id: str, upwards: bool) -> list[tuple[str, str, str]]:
    """The next entries, how they are reached, and what was changed on the way, in the order of the relations."""
    edges = graph.out_edges(entry_id, data=True) if upwards else graph.in_edges(entry_id, data=True)
    steps = [(end if upwards else begin, data["relation"], data.get("change", "")) for begin, end, data in edges]
    changes = {further: change for further, _, change in steps if change}
    steps = [(further, relation, changes.get(further, "")) for further, relation, _ in steps]
    return sorted(steps, key=lambda step: rank(step[1]))


def _relative(base: Base, entry_id: str, relation: str, of: str, change: str) -> Relative:
    entry = base[entry_id]
    paper = getattr(entry, "introduced_by", None)
    return Relative(entry.id, entry.year, paper and str(paper), relation, of, change)
