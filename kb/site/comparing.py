"""Comparisons on the site: a page for every pair of relatives, and what the page that compares any loads of each."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any

from kb.formulas import mathml
from kb.knowledge_base import KnowledgeBase
from kb.query.compare import Comparison, Row, Ways, side_by_side, ways
from kb.query.growth import FACTORS, START, growth
from kb.query.kinship import pairs
from kb.query.statements import Statements, statements
from kb.relations import having, worded
from kb.schema import Architecture
from kb.site.addresses import page_of
from kb.site.charts import DASHES, chart
from kb.site.escaping import one_line

FOLDER = "compare"
SHOWN = ("traits", "equations", "parts", "cost", "sizes", "claims", "relations")
"""The aspects that pages show; the library and the command have more."""
GROWING = {"length": "length of the input", "width": "numbers of features"}
CONDITIONAL = {worded(name, backwards=back) for name in having("exact") for back in (False, True)}
"""How relations read that hold under a condition."""

Details = dict[str, Any]


@dataclass(frozen=True)
class Curves:
    """A picture of how FLOPs grow, by how much in the end, and those of whom nothing can be said."""

    svg: str
    rises: list[tuple[str, int]]
    missing: list[str]


@dataclass(frozen=True)
class Side:
    """One of the architectures of a page, with the part of an address that asks the explorer for others like it."""

    entry: Architecture
    details: Details
    others: str


def place(pair: tuple[str, str]) -> str:
    """Return the folder of the page of a pair.

    Examples:
        >>> place(("lstm", "gru"))
        'compare/lstm/gru/'
    """
    return f"{FOLDER}/{pair[0]}/{pair[1]}/"


class Comparing:
    """Compares architectures of a knowledge base; what is known of one is found out once.

    Args:
        base: The knowledge base.
    """

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self.pairs = pairs(base)
        self.stated = cache(partial(statements, base, aspects=SHOWN))
        self.details = cache(self._details)

    @cached_property
    def _ways(self) -> Ways:
        return ways(self.base)

    def place(self, one: str, other: str) -> str:
        """Return the folder of the page of two relatives: the older comes first."""
        return place((one, other) if (one, other) in self.pairs else (other, one))

    def compare(self, ids: Sequence[str]) -> Comparison:
        """Compare architectures in what pages show."""
        return side_by_side({entry_id: self.stated(entry_id) for entry_id in ids}, self._ways)

    def _details(self, architecture: str) -> Details:
        """What is shown of an architecture in any comparison, as JSON-ready data."""
        base, entry, stated = self.base, self.base.architectures[architecture], self.stated(architecture)
        grown, record = growth(base, entry.id), base.evidence.get(entry.id)
        formulas = {found.value: written(found.value) for found in stated["equations"].values()}
        return {
            "id": entry.id,
            "name": entry.name,
            "page": page_of(base, entry.id),
            "year": entry.year,
            "family": entry.group.replace("-", " "),
            "summary": entry.summary,
            "picture": bool(record and record.pictures),
            "statements": {name: [[what, *found] for what, found in stated[name].items()] for name in SHOWN},
            "formulas": formulas,
            "names": _names(base, stated),
            "growth": grown and grown.as_dict(),
        }

    def values(self, ids: Sequence[str]) -> dict[str, Any]:
        """Return what the template of a comparison is filled with."""
        comparison = self.compare(ids)
        found = [self.details(entry_id) for entry_id in ids]
        sides = [
            Side(self.base.architectures[each["id"]], each, _others(comparison, number))
            for number, each in enumerate(found)
        ]
        claims = comparison["claims"].rows
        return {
            "sides": sides,
            "comparison": comparison,
            "names": {what: name for each in found for what, name in each["names"].items()},
            "grouped": _grouped(comparison),
            "formulas": _formulas(comparison),
            "curves": {kind: curves for kind in GROWING if (curves := _curves(found, kind))},
            "scaled": {each["name"]: each["growth"]["scaled"] for each in found if each["growth"]},
            "together": [row for row in claims if sum(map(bool, row.values)) > 1],
            "alone": [row for row in claims if sum(map(bool, row.values)) == 1],
            "page_of": partial(page_of, self.base),
            "written": lambda latex: one_line(f'<div class="formula">{written(latex)}</div>'),
            "dashes": DASHES,
            "joint": lambda relation: ", when " if relation in CONDITIONAL else ": ",
            "start": START,
            "most": FACTORS[-1],
        }


def written(latex: str) -> str:
    """Return a formula as MathML that is XML as well: named characters as they are."""
    found = mathml(latex, display=True).replace("\n", " ")
    return re.sub(r"&(?!lt;|gt;|amp;|quot;|#)\w+;", lambda name: html.unescape(name[0]), found)


def _names(base: KnowledgeBase, stated: Mapping[str, Statements]) -> dict[str, list[str]]:
    """What statements are about, in words and with its page; a relation is named with its words."""
    entries = (what for name in ("traits", "parts", "claims") for what in stated[name])
    found = {what: [base[what].title, page_of(base, what)] for what in entries}
    for what in stated["relations"]:
        words, _, other = what.rpartition(" ")
        found[what] = [f"{words} {base[other].title}", page_of(base, other)]
    return found


def _grouped(comparison: Comparison) -> dict[str, list[Row]]:
    """Traits by whether they tell the architectures apart, are known of or apply to some only, or are alike."""
    rows = comparison["traits"].rows
    return {
        "apart": [row for row in rows if row.opposed],
        "some": [row for row in rows if not row.opposed and not row.shared],
        "alike": [row for row in rows if row.shared],
    }


def _formulas(comparison: Comparison) -> dict[str, list[Row]]:
    """Formulas by whether all have them, several define the same in other ways, or one alone defines it."""
    found: dict[str, list[Row]] = {"all": [], "several": [], "one": []}
    for row in comparison["equations"].rows:
        found["all" if row.shared else "several" if sum(map(bool, row.values)) > 1 else "one"].append(row)
    return found


def _others(comparison: Comparison, number: int) -> str:
    """The condition that what tells an architecture apart makes, in the language of the explorer."""
    apart = [row for row in comparison["traits"].rows if row.opposed and row.values[number] in ("has", "lacks")]
    return " and ".join(f"{row.values[number]} {row.what}" for row in apart)


def _curves(found: list[Details], kind: str) -> Curves | None:
    """The curves of growth; relative to their start where a size scales several numbers, whose height says nothing."""
    curves = [list(each["growth"][kind]) if each["growth"] else [] for each in found]
    if not any(curves):
        return None
    relative = any(each["growth"] and each["growth"]["scaled"] for each in found)
    if relative:
        curves = [[value / curve[0] for value in curve] for curve in curves]
    names = [each["name"] for each in found]
    rises = [(name, int(curve[-1] / curve[0] + 0.5)) for name, curve in zip(names, curves, strict=True) if curve]
    words = "; ".join(f"{name}: {rise} times the FLOPs at {FACTORS[-1]} times the size" for name, rise in rises)
    label = "FLOPs, relative to the start" if relative else "FLOPs"
    missing = [name for name, curve in zip(names, curves, strict=True) if not curve]
    return Curves(chart(curves, label, words, GROWING[kind]), rises, missing)
