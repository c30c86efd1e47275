"""Which architecture has which inductive bias: the rows of the matrix, and those of one architecture's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from kb.base import KnowledgeBase
from kb.evidence import TraitEvidence
from kb.schema import DEFAULT_VARIANT, Architecture, Bias
from kb.traits import Cell


@dataclass(frozen=True)
class Trait:
    """A trait of one variant, with what a probe measured and the reason that the entry gives."""

    bias: Bias
    variant: str
    cell: Cell
    measured: TraitEvidence | None
    because: str


@dataclass(frozen=True)
class Square:
    """A square of the matrix: what is known of every variant, and whether variants differ."""

    bias: Bias
    variants: Mapping[str, Cell]

    @property
    def cell(self) -> Cell:
        """The trait of the default variant."""
        return self.variants[DEFAULT_VARIANT]

    @property
    def differs(self) -> bool:
        """Whether it depends on the variant: some have it, and others lack it or have no axis that it speaks of."""
        return len({cell.value for cell in self.variants.values()} - {"unknown"}) > 1

    @property
    def how(self) -> tuple[str, ...]:
        """How it is known, of any variant where they differ."""
        cells = self.variants.values() if self.differs else [self.cell]
        return tuple(how for how in ("measured", "asserted", "derived") if any(how in cell.how for cell in cells))


def traits(base: KnowledgeBase, entry: Architecture) -> list[Trait]:
    """Return one row for every bias and variant about which something is known."""
    record = base.evidence.get(entry.id)
    measured = {(trait.bias, trait.variant): trait for trait in (record.traits if record else ())}
    rows = []
    for bias in grouped(base):
        for variant, cell in base.cells(entry.id, bias.id).items():
            inherited = variant != DEFAULT_VARIANT and cell.how == ("derived",)
            if cell.value != "not-applicable" and not inherited:
                reasons = [fact.reason for fact in cell.facts if fact.how == "asserted" and fact.reason]
                found = measured.get((bias.id, variant))
                rows.append(Trait(bias, variant, cell, found, reasons[0] if reasons else ""))
    return rows


def matrix(base: KnowledgeBase) -> list[tuple[str, list[tuple[Architecture, list[Square]]]]]:
    """Return, for every family, its architectures by year, each with its squares in the order of `columns`."""
    entries = sorted(base.architectures.values(), key=lambda entry: (entry.group, entry.year or 0))
    biases = grouped(base)
    rows = [(entry, [Square(bias, base.cells(entry.id, bias.id)) for bias in biases]) for entry in entries]
    return [(family, list(members)) for family, members in groupby(rows, key=lambda row: row[0].group)]


def column(base: KnowledgeBase, bias: Bias) -> list[tuple[Architecture, Square]]:
    """Return the architectures to whose default or other variants a bias applies, those of a family together."""
    entries = sorted(base.architectures.values(), key=lambda entry: (entry.group, entry.year or 0))
    squares = [(entry, Square(bias, base.cells(entry.id, bias.id))) for entry in entries]
    return [
        (entry, square)
        for entry, square in squares
        if any(cell.value != "not-applicable" for cell in square.variants.values())
    ]


def columns(base: KnowledgeBase) -> list[tuple[str, Sequence[Bias]]]:
    """Return the groups of biases with their members, in the order of the squares."""
    return [(group, list(members)) for group, members in groupby(grouped(base), key=lambda bias: bias.group)]


def grouped(base: KnowledgeBase) -> list[Bias]:
    """Return the biases, those of a group together."""
    return sorted(base.biases.values(), key=lambda bias: (bias.group, bias.name))
