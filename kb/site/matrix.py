"""Which architecture has which inductive bias: the rows on the page of one, and those on the page of the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kb.knowledge_base import KnowledgeBase
from kb.schema import DEFAULT_VARIANT, Architecture, Bias
from kb.traits import Cell


@dataclass(frozen=True)
class Square:
    """A square of the matrix: what is known of every variant, and whether variants differ."""

    bias: Bias
    variants: Mapping[str, Cell]

    @property
    def cell(self) -> Cell:
        """The trait of the canonical variant, which comes first."""
        return next(iter(self.variants.values()))

    @property
    def applies(self) -> bool:
        """Whether some variant has the axis that the bias speaks of."""
        return any(cell.value != "not-applicable" for cell in self.variants.values())

    @property
    def value(self) -> str:
        """The value of all variants about which something is known, or `differs`."""
        return "differs" if self.differs else self.cell.value

    @property
    def by_value(self) -> dict[str, list[str]]:
        """Names of variants by value, that of the canonical one first."""
        found: dict[str, list[str]] = {}
        for name, cell in self.variants.items():
            found.setdefault(cell.value, []).append(name)
        return found

    @property
    def because(self) -> str:
        """The reason that the entry gives for the canonical variant, or else for another."""
        facts = [fact for cell in self.variants.values() for fact in cell.facts]
        return next((fact.reason for fact in facts if fact.how == "asserted" and fact.reason), "")

    @property
    def differs(self) -> bool:
        """Whether it depends on the variant: some have it, and others lack it or have no axis that it speaks of."""
        return len({cell.value for cell in self.variants.values()} - {"unknown"}) > 1

    @property
    def how(self) -> tuple[str, ...]:
        """The evidence, of any variant where they differ."""
        cells = self.variants.values() if self.differs else [self.cell]
        return tuple(how for how in ("measured", "asserted", "derived") if any(how in cell.how for cell in cells))


def row(base: KnowledgeBase, entry: Architecture) -> list[Square]:
    """Return the squares of an architecture that apply to one of its variants."""
    squares = (Square(bias, base.cells(entry.id, bias.id)) for bias in grouped(base))
    return [square for square in squares if square.applies]


def column(base: KnowledgeBase, bias: Bias) -> list[tuple[Architecture, Square]]:
    """Return the architectures to whose variants a bias applies, those of a family together."""
    entries = sorted(base.architectures.values(), key=lambda entry: (entry.group, entry.year or 0))
    squares = [(entry, Square(bias, base.cells(entry.id, bias.id))) for entry in entries]
    return [(entry, square) for entry, square in squares if square.applies]


def by_value(squares: list[tuple[Architecture, Square]]) -> dict[str, list[tuple[Architecture, str, Cell]]]:
    """Return architectures by what is known of them: each once, or each variant by name where they differ."""
    found: dict[str, list[tuple[Architecture, str, Cell]]] = {"holds": [], "lacks": [], "unknown": []}
    for architecture, square in squares:
        for place, cell in square.variants.items():
            if cell.value == "not-applicable" or not (square.differs or place == square.cell.variant):
                continue
            name = place.removeprefix(f"{DEFAULT_VARIANT}/") if square.differs or "/" in place else ""
            found[cell.value].append((architecture, name, cell))
    return {value: cells for value, cells in found.items() if cells}


def grouped(base: KnowledgeBase) -> list[Bias]:
    """Return the biases, those of a group together."""
    return sorted(base.biases.values(), key=lambda bias: (bias.group, bias.name))
