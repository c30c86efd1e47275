"""The base as the explorer loads it: all that a condition can speak of, coded so that it is small.

`docs/assets/explore/base.js` reads it. Biases, concepts and theorems are referred to by their places. A trait of an
architecture is a letter for its value and a digit for its evidence, in the order of the biases.
"""

from __future__ import annotations

from typing import Any

from kb.inference.readings import Literal, readings
from kb.knowledge_base import KnowledgeBase
from kb.naming import LETTERS, SPELLINGS, names_of
from kb.query.language import ATOMS, tables
from kb.query.stated import axes_known, published
from kb.schema import Architecture, Bias, Entry
from kb.site.addresses import page_of
from kb.site.matrix import grouped
from kb.traits import Cell

VALUES = {"holds": "h", "lacks": "l", "unknown": "u", "not-applicable": "n"}
EVIDENCE = {"measured": 1, "asserted": 2, "derived": 4}
"""What is added up to the digit of a trait."""


def packed(base: KnowledgeBase) -> dict[str, Any]:
    """Return the base as JSON-ready data."""
    biases, concepts = grouped(base), list(base.concepts.values())
    places = {entry.id: place for entries in (biases, concepts) for place, entry in enumerate(entries)}
    return {
        "letters": LETTERS,
        "spellings": list(SPELLINGS.items()),
        "language": tables(),
        "verbs": {verb: (atom.__doc__ or "").partition("\n")[0] for verb, atom in ATOMS.items()},
        "axes": {name: base.axes[name].name if name in base.axes else "" for name in axes_known(base)},
        "biases": [_bias(base, bias) for bias in biases],
        "concepts": [_named(base, concept) for concept in concepts],
        "architectures": [_architecture(base, entry, places) for entry in base.architectures.values()],
        "theorems": [[each.id, each.name, page_of(base, each.id)] for each in base.theorems.values()],
        "readings": _readings(base, places),
    }


def _named(base: KnowledgeBase, entry: Entry) -> list[Any]:
    """An entry's id, name, page and other names."""
    others = [name for name in names_of(entry) if name not in (entry.id, entry.title)]
    return [entry.id, entry.title, page_of(base, entry.id), others]


def _bias(base: KnowledgeBase, bias: Bias) -> list[Any]:
    scope = [bias.scope.weights, bias.scope.words_for("holds"), bias.scope.words_for("lacks")]
    return [*_named(base, bias), bias.group, bias.summary, *scope]


def _architecture(base: KnowledgeBase, entry: Architecture, places: dict[str, int]) -> dict[str, Any]:
    inside, outside = base.axes_used(entry.id)
    biases = grouped(base)
    cells = [base.trait(entry.id, bias.id) for bias in biases]
    cost = entry.complexity
    return {
        "named": _named(base, entry),
        "family": entry.group,
        "year": entry.year,
        "summary": entry.summary,
        "canonical": entry.canonical,
        "parts": sorted({places[str(part.component)] for part in entry.parts}),
        "takes": sorted(inside),
        "gives": sorted(outside),
        "task": places[str(entry.task.concept)] if entry.task else None,
        "sizes": published(base, entry),
        "cost": [cost.time, cost.memory, cost.sequential or ""],
        "values": "".join(VALUES[cell.value] for cell in cells),
        "evidence": "".join(_digit(cell) for cell in cells),
        "elsewhere": _elsewhere(cells, entry.canonical),
        "differing": [
            [place, name, VALUES[cell.value], _digit(cell)]
            for place, bias in enumerate(biases)
            for name, cell in _others(base, entry, bias).items()
        ],
    }


def _elsewhere(cells: list[Cell], canonical: str) -> dict[str, list[int]]:
    """The biases that are said of another place than the canonical variant, by that place."""
    found: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        if cell.variant != canonical:
            found.setdefault(cell.variant, []).append(place)
    return found


def _others(base: KnowledgeBase, entry: Architecture, bias: Bias) -> dict[str, Cell]:
    """What is known of a trait of other variants and of sub-networks, where it differs from that of the first."""
    first, *rest = base.cells(entry.id, bias.id).items()
    found = dict([*rest, *base.cells_of_parts(entry.id, bias.id).items()])
    return {name: cell for name, cell in found.items() if cell.value != first[1].value and name != first[0]}


def _digit(cell: Cell) -> str:
    return str(sum(EVIDENCE[how] for how in cell.how))


def _readings(base: KnowledgeBase, places: dict[str, int]) -> list[Any]:
    """The sound readings of theorems, in the order in which `inference.close` applies them."""

    def coded(literal: Literal) -> list[int]:
        return [places[literal[0]], int(literal[1] == "holds")]

    return [
        [number, [coded(premise) for premise in reading.premises], coded(reading.conclusion), int(reading.backwards)]
        for number, theorem in enumerate(base.theorems.values())
        for reading in readings(theorem, base.biases)
    ]
