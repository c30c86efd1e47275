"""What two entries share and what separates them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kb.base import Base
from kb.characters import printable
from kb.query.prerequisites import prerequisites
from kb.query.related import related
from kb.relations import RELATIONS
from kb.schema import DEFAULT_VARIANT, Architecture, Entry


@dataclass(frozen=True)
class Aspect:
    """One respect in which two entries are compared.

    Args:
        name: Parts, traits, relations, cost and so on.
        shared: What both have.
        first: What only the first has.
        second: What only the second has.
        notes: For an item, the statement of the first and of the second entry: the role of a part, the evidence for a
            trait, the reason of a relation. Empty where there is none.
    """

    name: str
    shared: tuple[str, ...]
    first: tuple[str, ...]
    second: tuple[str, ...]
    notes: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, repr=False)
class Comparison:
    """Two entries side by side. Aspects in which neither has anything are left out."""

    first: str
    second: str
    aspects: tuple[Aspect, ...]

    def __repr__(self) -> str:
        aspects = ", ".join(each.name for each in self.aspects)
        return printable(f"<Comparison of {self.first} and {self.second}: {aspects}>")

    def _repr_html_(self) -> str:
        from kb import display

        return display.comparison(self)

    def __getitem__(self, name: str) -> Aspect:
        return next(aspect for aspect in self.aspects if aspect.name == name)

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as a JSON-ready dictionary."""
        return asdict(self)


def compare(base: Base, first: str, second: str) -> Comparison:
    """Compare two entries of any kinds.

    Args:
        base: The knowledge base.
        first: An id.
        second: Another id.

    Returns:
        For every aspect what both have, and what only one has.

    Raises:
        NoSuchEntryError: An id is unknown.

    Examples:
        >>> import kb
        >>> kb.load().compare("lstm", "gru")["relations"].shared[0]
        'specialises recurrent-network'
    """
    left, right = base[first], base[second]
    aspects = [
        _aspect("parts", _parts(left), _parts(right)),
        _aspect("traits", _traits(base, left), _traits(base, right)),
        _aspect("relations", _relations(base, left), _relations(base, right)),
        _aspect("cost", _cost(left), _cost(right)),
        _aspect("evidence", _evidence(base, left), _evidence(base, right)),
        _aspect("prerequisites", _prerequisites(base, left), _prerequisites(base, right)),
        _aspect("papers", _papers(base, left), _papers(base, right)),
    ]
    return Comparison(left.id, right.id, tuple(a for a in aspects if a.shared or a.first or a.second))


def _aspect(name: str, left: Mapping[str, str], right: Mapping[str, str]) -> Aspect:
    """Compare items; each comes with a note, which does not count for whether two items are the same."""
    return Aspect(
        name,
        shared=tuple(item for item in left if item in right),
        first=tuple(item for item in left if item not in right),
        second=tuple(item for item in right if item not in left),
        notes={
            item: (left.get(item, ""), right.get(item, ""))
            for item in {**left, **right}
            if left.get(item) or right.get(item)
        },
    )


def _parts(entry: Entry) -> dict[str, str]:
    return {str(part.component): part.role for part in entry.parts} if isinstance(entry, Architecture) else {}


def _traits(base: Base, entry: Entry) -> dict[str, str]:
    """Traits of the canonical variant, with their evidence."""
    if not isinstance(entry, Architecture):
        return {}
    words = {"holds": "has", "lacks": "lacks"}
    cells = [base.trait(entry.id, bias) for bias in base.biases]
    return {f"{words[cell.value]} {cell.bias}": ", ".join(cell.how) for cell in cells if cell.value in words}


def _relations(base: Base, entry: Entry) -> dict[str, str]:
    listed = (item for item in related(base, entry.id) if RELATIONS[item.relation].compared)
    return {f"{item.words} {item.other}": item.reason for item in listed}


def _cost(entry: Entry) -> dict[str, str]:
    if not isinstance(entry, Architecture):
        return {}
    cost = entry.complexity
    stated = {"time": cost.time, "memory": cost.memory, "sequential steps": cost.sequential}
    return {f"{name} {value}": "" for name, value in stated.items() if value}


def _evidence(base: Base, entry: Entry) -> dict[str, str]:
    record = base.evidence.get(entry.id)
    if record is None:
        return {}
    found = []
    if default := record.variants.get(DEFAULT_VARIANT):
        found.append(f"{default.parameters:,} parameters by default")
        if default.flops:
            found.append(f"{default.flops:,} FLOPs forward by default")
    if record.peer:
        found.append(f"{record.peer.agreement} to {record.peer.error:.0e}")
    if record.claim:
        found.append(f"claim {record.claim.verdict}")
    return dict.fromkeys(found, "stale" if base.is_stale(entry.id) else "")


def _prerequisites(base: Base, entry: Entry) -> dict[str, str]:
    return {item.id: item.because for item in prerequisites(base, entry.id) if item.id not in _parts(entry)}


def _papers(base: Base, entry: Entry) -> dict[str, str]:
    edges = base.graph.out_edges(entry.id, data=True)
    introduced = {target: "introduced it" for _, target, data in edges if data["relation"] == "introduced-by"}
    return {target: "" for _, target, data in edges if data["relation"] == "cites"} | introduced
