"""What entries share and what separates them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import networkx as nx

from kb import display
from kb.base import Base
from kb.characters import printable
from kb.graph import kept
from kb.premises import supported
from kb.query import kinship
from kb.query.route import Hop, followed, shortest
from kb.query.statements import Statement, Statements, statements

FEWEST, MOST = 2, 4
"""How many entries fit beside each other."""
NOTHING = Statement("")

Ways = Callable[[str, str], list[Hop]]
"""From two ids to the hops from one to the other."""


@dataclass(frozen=True)
class Row:
    """One thing in which entries are compared.

    Args:
        what: What it is about: a component, a bias, a formula.
        values: What is so of each entry, in their order; empty where nothing is.
        notes: The evidence or the reason of each.
    """

    what: str
    values: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def shared(self) -> bool:
        """Whether the same is so of all."""
        return len(set(self.values)) == 1

    @property
    def opposed(self) -> bool:
        """Whether one is known to have what another is known to lack."""
        return {"has", "lacks"} <= set(self.values)


@dataclass(frozen=True)
class Aspect:
    """One respect in which entries are compared, such as parts, traits or cost."""

    name: str
    rows: tuple[Row, ...]

    @property
    def shared(self) -> tuple[str, ...]:
        """What is so of all of them."""
        return tuple(row.what for row in self.rows if row.shared)

    @property
    def different(self) -> tuple[Row, ...]:
        """The rows in which they are not all alike."""
        return tuple(row for row in self.rows if not row.shared)


@dataclass(frozen=True)
class Chain:
    """How one of the entries led to another: over history and checked relations; no hops where nothing leads there."""

    start: str
    end: str
    hops: tuple[Hop, ...]


@dataclass(frozen=True, repr=False)
class Comparison:
    """Entries side by side. Aspects in which none has anything are left out."""

    entries: tuple[str, ...]
    aspects: tuple[Aspect, ...]
    history: tuple[Chain, ...]

    def __repr__(self) -> str:
        names = ", ".join(each.name for each in self.aspects)
        return printable(f"<Comparison of {' and '.join(self.entries)}: {names}>")

    def _repr_html_(self) -> str:
        rows = (
            (display.text(aspect.name), display.sentence(row.what), *map(_noted, row.values, row.notes))
            for aspect in self.aspects
            for row in aspect.different
        )
        return display.table(("", "", *self.entries), rows)

    def __getitem__(self, name: str) -> Aspect:
        return next((aspect for aspect in self.aspects if aspect.name == name), Aspect(name, ()))

    def only(self, entry: str, aspect: str) -> tuple[str, ...]:
        """Return what is so of one entry alone: its parts that no other has, or what it has or lacks unlike all others.

        Examples:
            >>> import kb
            >>> kb.load().compare("gcn", "gat").only("gat", "parts")
            ('graph-attention-coefficients',)
        """
        place = self.entries.index(entry)
        rows = self[aspect].rows
        return tuple(row.what for row in rows if row.values[place] and row.values.count(row.values[place]) == 1)

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as a JSON-ready dictionary."""
        return asdict(self)


def _noted(value: str, note: str) -> str:
    """What is so of an entry, in HTML, with its note."""
    return f"{display.sentence(value)}{f': {display.sentence(note)}' if note else ''}" if value else ""


def compare(base: Base, *entries: str) -> Comparison:
    """Compare two to four entries of any kinds.

    Args:
        base: The knowledge base.
        entries: Their ids; one that is named twice counts once.

    Returns:
        For every aspect what is so of each, and the chains of relations between them.

    Raises:
        NoSuchEntryError: An id is unknown.
        ValueError: There are fewer than two different ones, or more than four.

    Examples:
        >>> import kb
        >>> [row.what for row in kb.load().compare("lstm", "gru")["traits"].rows if row.opposed]
        ['counting-capacity']
    """
    ids = tuple(dict.fromkeys(base[entry_id].id for entry_id in entries))
    if not FEWEST <= len(ids) <= MOST:
        raise ValueError(f"two to four different entries can be compared, not {len(ids)}: {', '.join(ids) or 'none'}")
    return side_by_side({entry_id: statements(base, entry_id) for entry_id in ids}, ways(base))


def side_by_side(stated: Mapping[str, Mapping[str, Statements]], between: Ways) -> Comparison:
    """Lay what is stated of entries side by side.

    Args:
        stated: The statements of each entry by aspect, by its id.
        between: Tells what leads from one to another; see `ways`.
    """
    names = next(iter(stated.values()))
    aspects = [aspect(name, [side[name] for side in stated.values()]) for name in names]
    history = [Chain(one, other, tuple(between(one, other))) for one, other in combinations(stated, 2)]
    return Comparison(tuple(stated), tuple(each for each in aspects if each.rows), tuple(history))


def ways(base: Base) -> Ways:
    """Return what tells how one entry led to another, over history and checked relations."""
    steps = _steps(base.graph, supported(base))
    return lambda one, other: shortest(steps, one, other)


@kept
def _steps(graph: nx.MultiDiGraph[str], claims: frozenset[str]) -> nx.Graph[str]:
    return followed(kinship.among(graph, claims))


def aspect(name: str, sides: list[Statements]) -> Aspect:
    """Lay statements about several entries side by side, in the order of the first that has each."""
    names = dict.fromkeys(what for side in sides for what in side)
    return Aspect(name, tuple(_row(what, sides) for what in names))


def _row(what: str, sides: list[Mapping[str, Statement]]) -> Row:
    found = [side.get(what, NOTHING) for side in sides]
    return Row(what, tuple(each.value for each in found), tuple(each.note for each in found))
