"""Everything in one JSON document, for use without this library, and to be read back by it: see `kb.export.reading`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from kb.base import Base
from kb.collecting import without_collector
from kb.export.about import about
from kb.export.facts import all_facts, fact_row, meant_cells, measurements, place_measured, trait_row
from kb.export.schemas import WHOLE, identifier
from kb.knowledge_base import KnowledgeBase
from kb.schema import Architecture, Entry


@without_collector()
def base_json(base: KnowledgeBase) -> dict[str, Any]:
    """Return entries, relations, traits, facts with proofs, and evidence.

    Returns:
        `about`: name, version, licence, date, and a digest of the content. `entries` by id, as they are written, with
        kind, group and year; `relations` as a list of edges; `traits` as a list of what is known of the variant of
        every architecture that is meant where none is named, and how; `facts` of all variants, each with how it is
        known and, if it was derived, with the rule and the ids of its premises; `evidence` by id, as judged, and
        `measurements`, the numbers themselves; `axes`, what the axes of signatures are. Of an architecture `signatures`
        has those of all variants.

    Examples:
        >>> import kb
        >>> base_json(kb.load())["entries"]["gru"]["introduced_by"]
        'cho2014learning'
    """
    return {
        "$schema": identifier(WHOLE),
        "about": about(base),
        "entries": {entry.id: _entry(entry) for entry in base.values()},
        "relations": [{"start": start, "end": end, **data} for start, end, data in base.graph.edges(data=True)],
        "traits": list(map(trait_row, meant_cells(base))),
        "facts": list(_facts(base)),
        "evidence": {name: record.model_dump(mode="json") for name, record in base.evidence.items()},
        "measurements": {
            name: [each.model_dump(mode="json", exclude_defaults=True) | {"measured": each.measured} for each in lines]
            for name, lines in ((name, held.measurements.values()) for name, held in base.measured.items())
        },
        "axes": {name: axis.model_dump() for name, axis in base.axes.items()},
    }


def entry_line(entry: Entry) -> dict[str, Any]:
    """Return what a list says of an entry."""
    named = {"id": entry.id, "name": entry.title, "kind": entry.kind, "group": entry.group}
    return named | {"year": entry.year, "summary": entry.gist}


def entry_json(base: Base, entry_id: str) -> dict[str, Any]:
    """Return one entry: what is written in its file, its relations both ways, its traits and its evidence.

    Raises:
        NoSuchEntryError: The id is unknown.

    Examples:
        >>> import kb
        >>> sorted(entry_json(kb.load(), "gru"))
        ['entry', 'evidence', 'relations', 'traits']
    """
    entry = base[entry_id]
    edges = [*base.graph.out_edges(entry.id, data=True), *base.graph.in_edges(entry.id, data=True)]
    record = base.evidence.get(entry.id)
    return {
        "entry": _entry(entry),
        "relations": [{"start": start, "end": end, **data} for start, end, data in edges],
        "traits": list(map(trait_row, meant_cells(base, [entry.id]))) if isinstance(entry, Architecture) else [],
        "evidence": record.model_dump(mode="json") if record else None,
    }


def _facts(base: Base) -> Iterator[dict[str, Any]]:
    """All facts, each with what it rests on; what does not apply is left out."""
    measured = measurements(base)
    for fact in all_facts(base):
        optional = {
            "rule": fact.rule,
            "theorem": fact.theorem,
            "source": fact.source.model_dump(mode="json", exclude_none=True) if fact.source else None,
            "measured": asdict(measured[place_measured(fact)]) if fact.how == "measured" else None,
        }
        known = {name: value for name, value in optional.items() if value}
        yield fact_row(fact) | known | {"premises": [premise.id for premise in fact.premises]}


def _entry(entry: Entry) -> dict[str, Any]:
    """What is written in the file, without the fields that were left out, and what comes from elsewhere."""
    written = entry.model_dump(mode="json", by_alias=True, exclude_unset=True)
    written |= {"kind": entry.kind, "year": entry.year}
    if isinstance(entry, Architecture):
        written["signatures"] = {name: entry.signature_of(name).as_dict() for name in entry.all_variants}
    return written
