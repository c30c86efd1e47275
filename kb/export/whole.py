"""Everything in one JSON document, for use without this library."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kb.base import Base
from kb.schema import Architecture, Entry


def base_json(base: Base) -> dict[str, Any]:
    """Return entries, relations, traits and evidence.

    Returns:
        `entries` by id, as they are written, with kind, group and year; `relations` as a list of edges; `traits` as a
        list of what is known of the default variant of every architecture, and how; `evidence` by id, as measured;
        `axes`, what the axes of signatures are. Of an architecture `signatures` has those of all variants.

    Examples:
        >>> import kb
        >>> base_json(kb.load())["entries"]["gru"]["introduced_by"]
        'cho2014learning'
    """
    return {
        "entries": {entry.id: _entry(entry) for entry in base.values()},
        "relations": [{"start": start, "end": end, **data} for start, end, data in base.graph.edges(data=True)],
        "traits": [trait for architecture in base.architectures for trait in _traits(base, architecture)],
        "evidence": {name: record.model_dump(mode="json") for name, record in base.evidence.items()},
        "axes": {name: axis.model_dump() for name, axis in base.axes.items()},
    }


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
        "traits": list(_traits(base, entry.id)) if isinstance(entry, Architecture) else [],
        "evidence": record.model_dump(mode="json") if record else None,
    }


def _traits(base: Base, architecture: str) -> Iterator[dict[str, Any]]:
    """What is known of the biases that apply to an architecture, and how."""
    for cell in (base.trait(architecture, bias) for bias in base.biases):
        if cell.value != "not-applicable":
            yield {"architecture": cell.architecture, "bias": cell.bias, "value": cell.value, "known": list(cell.how)}


def _entry(entry: Entry) -> dict[str, Any]:
    """What is written in the file, without the fields that were left out, and what comes from elsewhere."""
    written = entry.model_dump(mode="json", by_alias=True, exclude_unset=True)
    written |= {"kind": entry.kind, "year": entry.year}
    if isinstance(entry, Architecture):
        written["signatures"] = {name: entry.signature_of(name).as_dict() for name in entry.all_variants}
    return written
