"""The map: architectures and the components that they are related to, by family and year, with every checked relation.

Positions are computed here, so that they are the same for everybody. Years that few entries share a column with are
drawn together; a column is as high as the family that has most entries in it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kb.knowledge_base import KnowledgeBase
from kb.query import kinship
from kb.query.related import reason
from kb.relations import RELATIONS
from kb.schema import Architecture, Entry
from kb.site.addresses import page_of

FEW = 7
"""Entries of neighbouring years that share a column."""
WIDTH, HEIGHT = 116, 36
"""Room of an entry, in pixels."""
MARGIN = 110
"""Room for the names of families, to the left, and half of it for the years, above."""
LETTERS, LINES = 16, 2
COMPONENTS = "components"


def drawn_map(base: KnowledgeBase) -> dict[str, Any]:
    """Return the map as JSON-ready data: columns and lanes, entries with their places, relations with their reasons."""
    edges = list(_edges(base))
    related = {end for edge in edges for end in edge[:2]}
    entries = [*base.architectures.values(), *(base[each] for each in sorted(related - base.architectures.keys()))]
    columns = _columns([entry.year for entry in entries])
    lanes = _lanes(entries)
    cells: dict[tuple[str, int], list[Entry]] = {}
    for entry in sorted(entries, key=lambda each: (each.year or 0, each.id)):
        cells.setdefault((_lane(entry), _column(columns, entry)), []).append(entry)
    tops, height = _tops(lanes, cells)
    order = {entry.id: place for place, entry in enumerate(entries)}
    places = {
        entry.id: (MARGIN + column * WIDTH, tops[lane] + row * HEIGHT)
        for (lane, column), members in cells.items()
        for row, entry in enumerate(members)
    }
    return {
        "size": [MARGIN + len(columns) * WIDTH, height],
        "columns": [_years(column) for column in columns],
        "lanes": [[lane, tops[lane]] for lane in lanes],
        "nodes": [
            [entry.id, entry.title, _label(entry), page_of(base, entry.id), entry.kind, entry.year, *places[entry.id]]
            for entry in entries
        ],
        "relations": {
            name: [relation.forward, relation.backward, relation.weight]
            for name, relation in RELATIONS.items()
            if name in {edge[2] for edge in edges}
        },
        "edges": [[order[start], order[end], *rest] for start, end, *rest in edges],
    }


def _edges(base: KnowledgeBase) -> Iterable[tuple[str, str, str, str, str]]:
    """Every relation that is stated or that an experiment supports: its ends, its name, why, and the claim's page."""
    for start, end, data in kinship.edges(base):
        claim = data.get("claim")
        yield start, end, data["relation"], reason(data), page_of(base, claim) if claim else ""


def _columns(years: Iterable[int | None]) -> list[list[int]]:
    """Cut the years into columns with at most `FEW` entries, unless one year alone has more; 0 stands for no year."""
    count: dict[int, int] = {}
    for year in years:
        count[year or 0] = count.get(year or 0, 0) + 1
    columns: list[list[int]] = []
    for year in sorted(count):
        together = (
            sum(count[other] for other in columns[-1]) + count[year] if columns and columns[-1] != [0] else FEW + 1
        )
        if together > FEW:
            columns.append([year])
        else:
            columns[-1].append(year)
    return columns


def _column(columns: Sequence[Sequence[int]], entry: Entry) -> int:
    return next(place for place, years in enumerate(columns) if (entry.year or 0) in years)


def _years(years: Sequence[int]) -> str:
    if years == [0]:
        return "no year"
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


def _lane(entry: Entry) -> str:
    return entry.group if isinstance(entry, Architecture) else COMPONENTS


def _lanes(entries: Sequence[Entry]) -> list[str]:
    """The families, by their first year, and the components below them."""
    first: dict[str, int] = {}
    for entry in entries:
        first[_lane(entry)] = min(first.get(_lane(entry), 9999), entry.year or 9999)
    return sorted(first, key=lambda lane: (lane == COMPONENTS, first[lane], lane))


def _tops(lanes: Sequence[str], cells: Mapping[tuple[str, int], Sequence[Entry]]) -> tuple[dict[str, int], int]:
    """Where each lane begins, and where the last one ends."""
    tops, at = {}, MARGIN // 2
    for lane in lanes:
        tops[lane] = at
        rows = max(len(members) for (name, _), members in cells.items() if name == lane)
        at += rows * HEIGHT + HEIGHT // 3
    return tops, at


def _label(entry: Entry) -> list[str]:
    """The name as the map writes it: an abbreviation if it has one, or else as much as two lines hold."""
    short = [
        name
        for name in entry.aliases
        if re.fullmatch(r"[A-Za-z0-9()+-]{2,12}", name) and len(re.findall("[A-Z]", name)) > 1
    ]
    return short[:1] or textwrap.wrap(entry.title, LETTERS, max_lines=LINES, placeholder=" …")
