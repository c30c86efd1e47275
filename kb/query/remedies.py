"""Problem, cause and remedy: what leads to a phenomenon, what it affects, and what helps against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import networkx as nx

from kb.base import Base
from kb.graph import subgraph
from kb.query.related import reason


@dataclass(frozen=True)
class Involved:
    """An entry that has to do with a problem.

    Args:
        id: Its id.
        because: How it causes the problem, suffers from it, or helps.
        through: The problem that it has directly to do with: the one asked about, or a cause of it.
    """

    id: str
    because: str
    through: str


@dataclass(frozen=True)
class Diagnosis:
    """A problem with its causes, with what it affects, and with its remedies.

    Args:
        problem: The phenomenon asked about.
        causes: What brings it about, directly or through other causes.
        consequences: What it brings about itself.
        remedies: What helps against it, or against one of its causes.
        affected: The architectures that suffer from it.
    """

    problem: str
    causes: tuple[Involved, ...]
    consequences: tuple[Involved, ...]
    remedies: tuple[Involved, ...]
    affected: tuple[Involved, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as a JSON-ready dictionary."""
        return asdict(self)


def remedies(base: Base, problem: str) -> Diagnosis:
    """Return the causes of a problem, what it affects, and what helps against it or against a cause of it.

    Raises:
        NoSuchEntryError: The id is unknown.

    Examples:
        >>> import kb
        >>> "gating" in [item.id for item in kb.load().remedies("vanishing-gradient").remedies]
        True
    """
    start = base[problem].id
    causing = subgraph(base.graph, ("causes",))
    origins = [start, *sorted(nx.ancestors(causing, start))]
    return Diagnosis(
        problem=start,
        causes=tuple(
            Involved(cause, reason(data), effect)
            for effect in origins
            for cause, _, data in causing.in_edges(effect, data=True)
        ),
        consequences=tuple(Involved(end, reason(data), start) for _, end, data in causing.out_edges(start, data=True)),
        remedies=_once(item for origin in origins for item in _remedies(base, origin)),
        affected=tuple(_leading_to(base, start, "suffers-from")),
    )


def problems(base: Base) -> list[str]:
    """Return the ids of all phenomena that something remedies, causes, addresses or suffers from, by name."""
    found = {end for _, end, data in base.graph.edges(data=True) if data["relation"] in ("addresses", "suffers-from")}
    found |= {start for start, _, data in base.graph.edges(data=True) if data["relation"] == "remedied-by"}
    return sorted(found & base.concepts.keys(), key=lambda entry_id: base[entry_id].title.casefold())


def _remedies(base: Base, problem: str) -> Iterator[Involved]:
    for _, end, data in base.graph.out_edges(problem, data=True):
        if data["relation"] == "remedied-by":
            yield Involved(end, reason(data), problem)
    yield from _leading_to(base, problem, "addresses")


def _leading_to(base: Base, problem: str, relation: str) -> Iterator[Involved]:
    for start, _, data in base.graph.in_edges(problem, data=True):
        if data["relation"] == relation:
            yield Involved(start, reason(data), problem)


def _once(items: Iterator[Involved]) -> tuple[Involved, ...]:
    """Return each entry once, as it was met first: nearest to the problem."""
    found: dict[str, Involved] = {}
    for item in items:
        found.setdefault(item.id, item)
    return tuple(found.values())
