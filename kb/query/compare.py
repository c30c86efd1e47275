"""What two entries share and what separates them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kb.schema import Architecture, Entry

if TYPE_CHECKING:
    from kb.base import KnowledgeBase


@dataclass(frozen=True)
class Aspect:
    """One respect in which two entries are compared.

    Args:
        name: Parts, traits, relations, cost and so on.
        shared: What both have.
        first: What only the first has.
        second: What only the second has.
    """

    name: str
    shared: tuple[str, ...]
    first: tuple[str, ...]
    second: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Two entries side by side. Aspects in which neither has anything are left out."""

    first: str
    second: str
    aspects: tuple[Aspect, ...]

    def __getitem__(self, name: str) -> Aspect:
        return next(aspect for aspect in self.aspects if aspect.name == name)

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as a JSON-ready dictionary."""
        return asdict(self)


def compare(base: KnowledgeBase, first: str, second: str) -> Comparison:
    """Compare two entries of any kinds.

    Args:
        base: The knowledge base.
        first: An id.
        second: Another id.

    Returns:
        For every aspect what both have, and what only one has.

    Raises:
        NoSuchEntryError: An id is unknown.

    Example:
        >>> import kb
        >>> kb.load().compare("lstm", "gru")["parts"].first
        ('peephole-connection',)
    """
    left, right = base[first], base[second]
    aspects = [
        _aspect("parts", _parts(left), _parts(right)),
        _aspect("traits", _traits(base, left), _traits(base, right)),
        _aspect("relations", _relations(base, left), _relations(base, right)),
        _aspect("papers", _papers(base, left), _papers(base, right)),
        _aspect("cost", _cost(left), _cost(right)),
        _aspect("evidence", _evidence(base, left), _evidence(base, right)),
    ]
    return Comparison(left.id, right.id, tuple(a for a in aspects if a.shared or a.first or a.second))


def _aspect(name: str, left: Iterable[str], right: Iterable[str]) -> Aspect:
    one, other = list(dict.fromkeys(left)), list(dict.fromkeys(right))
    return Aspect(
        name,
        shared=tuple(item for item in one if item in other),
        first=tuple(item for item in one if item not in other),
        second=tuple(item for item in other if item not in one),
    )


def _parts(entry: Entry) -> list[str]:
    return [str(part.component) for part in entry.parts] if isinstance(entry, Architecture) else []


def _traits(base: KnowledgeBase, entry: Entry) -> list[str]:
    if not isinstance(entry, Architecture):
        return []
    cells = [base.trait(entry.id, bias) for bias in base.biases]
    words = {"holds": "has", "lacks": "lacks"}
    return [f"{words[cell.value]} {cell.bias}" for cell in cells if cell.value in words]


def _relations(base: KnowledgeBase, entry: Entry) -> list[str]:
    told_elsewhere = {"parts", "exhibits", "lacks", "cites", "introduced-by"}
    edges = base.graph.out_edges(entry.id, data=True)
    return [f"{data['relation']} {target}" for _, target, data in edges if data["relation"] not in told_elsewhere]


def _papers(base: KnowledgeBase, entry: Entry) -> list[str]:
    edges = base.graph.out_edges(entry.id, data=True)
    return [target for _, target, data in edges if data["relation"] in ("cites", "introduced-by")]


def _cost(entry: Entry) -> list[str]:
    if not isinstance(entry, Architecture):
        return []
    cost = entry.complexity
    stated = {"time": cost.time, "memory": cost.memory, "sequential": cost.sequential}
    return [f"{name} {value}" for name, value in stated.items() if value]


def _evidence(base: KnowledgeBase, entry: Entry) -> list[str]:
    record = base.evidence.get(entry.id)
    if record is None:
        return []
    default = record.variants.get("default")
    found = [f"{default.parameters:,} parameters by default"] if default else []
    found += [f"agrees with its peer to {max(record.peer.outputs, record.peer.gradients):.0e}"] if record.peer else []
    return found + ([f"claim {record.claim.verdict}"] if record.claim else [])
