"""The command that counts: stats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from kb.cli.answers import answered
from kb.cli.application import Json, bold, command, console, load_base, print_json, table

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase
    from kb.schema.common import Equation, Source


@command()
def stats(
    by_deduction: Annotated[
        bool, typer.Option("--recall", help="Of every bias, how many known traits would follow from the rest.")
    ] = False,
    json_: Json = False,
) -> None:
    """Count entries, relations, traits and evidence.

    Examples:
        $ kb stats
        $ kb stats --json
    """
    if by_deduction:
        _print_recall(answered("recall", _recall), as_json=json_)
        return
    found = answered("stats", _stats)
    if json_:
        print_json(found["counts"])
        return
    rows = table("what", "how many", show_header=False)
    for name, value in found["counts"].items():
        numbers = value.items() if isinstance(value, dict) else ()
        parts = [f"{number} {found['plurals'].get(what, what) if number != 1 else what}" for what, number in numbers]
        rows.add_row(bold(name), ", ".join(parts) or (str(value) if not isinstance(value, dict) else "none"))
    console.print(rows)


def _stats() -> dict[str, Any]:
    """The counts, and the kinds of entries in the plural, as their folders are named."""
    from kb.kinds import KINDS

    return {"counts": count(load_base()), "plurals": {name: kind.folder for name, kind in KINDS.items()}}


def _recall() -> dict[str, Any]:
    """Of every bias, how many of its traits follow from the rest, and which share that is."""
    from kb.query.recall import recall

    return {bias: asdict(each) | {"share": each.share} for bias, each in recall(load_base()).items()}


def _print_recall(found: dict[str, dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json({bias: {name: n for name, n in each.items() if name != "share"} for bias, each in found.items()})
        return
    rows = table("bias", "known", "would follow", "share")
    for bias, each in sorted(found.items(), key=lambda pair: -pair[1]["share"]):
        rows.add_row(bold(bias), str(each["known"]), str(each["decided"]), f"{each['share']:.0%}")
    console.print(rows)


def _standings(items: Iterable[Equation | Source]) -> dict[str, int]:
    """Count equations or sources by what is known of their places."""
    from kb.schema.common import Standing

    found = Counter(item.standing for item in items)
    return {standing: found[standing] for standing in get_args(Standing) if found[standing]}


def count(base: KnowledgeBase) -> dict[str, Any]:
    """Count what a knowledge base holds, what is known in it, and how."""
    from kb.export.facts import meant_cells
    from kb.query.verdicts import verdicts
    from kb.schema import SORTS

    cells = list(meant_cells(base))
    records = base.evidence.values()
    equations = [each for entry in base.values() for each in getattr(entry, "equations", ())]
    return {
        "entries": dict(sorted(Counter(entry.kind for entry in base.values()).items())),
        "relations": base.graph.number_of_edges(),
        "traits": {value: sum(cell.value == value for cell in cells) for value in ("holds", "lacks", "unknown")},
        "known by": {how: sum(how in cell.how for cell in cells) for how in ("measured", "asserted", "derived")},
        "equations": _standings(equations),
        "beside equations": dict(Counter("lines of code" if each.code else "no line of code" for each in equations)),
        "sources of claims": _standings([source for claim in base.claims.values() for source in claim.sources]),
        **{SORTS[sort].many: found for sort, found in verdicts(base).items()},
        "peers": {
            "named": sum(bool(getattr(entry, "peer", None)) for entry in base.values()),
            "compared": sum(record.peer is not None for record in records),
        },
        "evidence": {"measured": len(records), "stale": sum(base.is_stale(entry_id) for entry_id in base.evidence)},
    }
