"""What is stated and known of one entry, aspect by aspect: a column of a comparison."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from kb.base import Base
from kb.query.prerequisites import prerequisites
from kb.query.related import related
from kb.query.stated import published
from kb.relations import RELATIONS
from kb.schema import DEFAULT_VARIANT, Architecture, Claim, Entry


class Statement(NamedTuple):
    """What is so of an entry in one respect, with a note: a role, the evidence, a reason, a place."""

    value: str
    note: str = ""


YES = "yes"
"""The value of what an entry has or has not."""
Statements = Mapping[str, Statement]
"""What is so of an entry, by what it is about: a component, a bias, a formula."""
LEFT_SIDE = re.compile(r"((?:[^={}]|\{[^{}]*\})*?)=")
SPACING = re.compile(r"\\[,;!: ]|\\(?:[bB]igg?[lrm]?|left|right)(?![A-Za-z])|\s+")


def statements(base: Base, entry_id: str, aspects: Iterable[str] | None = None) -> dict[str, Statements]:
    """Return what is stated and known of an entry, by aspect.

    Args:
        base: The knowledge base.
        entry_id: An id.
        aspects: Some of `ASPECTS`; all of them if None.

    Raises:
        NoSuchEntryError: The id is unknown.

    Examples:
        >>> import kb
        >>> statements(kb.load(), "gru")["traits"]["counting-capacity"].value
        'lacks'
    """
    entry = base[entry_id]
    return {name: ASPECTS[name](base, entry) for name in (ASPECTS if aspects is None else aspects)}


def _parts(base: Base, entry: Entry) -> Statements:
    return (
        {str(part.component): Statement(YES, part.role) for part in entry.parts}
        if isinstance(entry, Architecture)
        else {}
    )


def _equations(base: Base, entry: Entry) -> Statements:
    """Formulas by what they define: their left side, or the whole of one that defines nothing."""
    found: dict[str, Statement] = {}
    for equation in getattr(entry, "equations", ()):
        left = LEFT_SIDE.match(equation.latex)
        what = SPACING.sub(" ", left[1] if left else equation.latex).strip()
        if what in found:  # a variant defines it differently
            what = f"{what} ({equation.name or sum(known.startswith(what) for known in found) + 1})"
        found[what] = Statement(equation.latex, equation.name or "")
    return found


def _traits(base: Base, entry: Entry) -> Statements:
    """What the canonical variant has and lacks, with the evidence; what does not apply to it is left out."""
    if not isinstance(entry, Architecture):
        return {}
    cells = [base.trait(entry.id, bias) for bias in sorted(base.biases, key=lambda each: base.biases[each].name)]
    words = {"holds": "has", "lacks": "lacks", "unknown": "unknown"}
    return {
        cell.bias: Statement(
            words[cell.value],
            ", ".join(cell.how) + ("" if cell.variant == entry.canonical else f", of {cell.variant}"),
        )
        for cell in cells
        if cell.value in words
    }


def _relations(base: Base, entry: Entry) -> Statements:
    listed = (item for item in related(base, entry.id) if RELATIONS[item.relation].compared)
    return {f"{item.words} {item.other}": Statement(YES, item.reason) for item in listed}


def _cost(base: Base, entry: Entry) -> Statements:
    """Orders of growth, and the FLOPs as they were counted."""
    if not isinstance(entry, Architecture):
        return {}
    cost, record = entry.complexity, base.evidence.get(entry.id)
    stated = {"time": cost.time, "memory": cost.memory, "sequential steps": cost.sequential}
    found = {name: Statement(value) for name, value in stated.items() if value}
    if record and record.cost and record.cost.terms:
        counted = " + ".join(f"{factor:g} {term}" for term, factor in record.cost.terms.items())
        found["FLOPs"] = Statement(counted.replace("+ -", "− "), "; ".join(cost.meaning[:1]))
    return found


def _sizes(base: Base, entry: Entry) -> Statements:
    """Parameters of the published sizes, with the FLOPs of one example."""
    if not isinstance(entry, Architecture):
        return {}
    record = base.evidence.get(entry.id)
    flops = {name: size.flops for name, size in record.variants.items()} if record else {}
    return {
        name: Statement(f"{number:,} parameters", f"{flops[name]:,} FLOPs" if flops.get(name) else "")
        for name, number in published(base, entry).items()
    }


def _claims(base: Base, entry: Entry) -> Statements:
    """The claims about it, with their verdicts."""
    found = {}
    for start, _, data in base.graph.in_edges(entry.id, data=True):
        claim = base[start]
        if data["relation"] == "about" and isinstance(claim, Claim):
            record = base.evidence.get(claim.id)
            found[claim.id] = Statement(YES, record.claim.verdict if record and record.claim else claim.status)
    return dict(sorted(found.items()))


def _evidence(base: Base, entry: Entry) -> Statements:
    record = base.evidence.get(entry.id)
    if record is None:
        return {}
    found = {}
    if default := record.variants.get(DEFAULT_VARIANT):
        found["parameters by default"] = f"{default.parameters:,}"
        if default.flops:
            found["FLOPs forward by default"] = f"{default.flops:,}"
    if record.peer:
        found["independent implementation"] = f"{record.peer.agreement} to {record.peer.error:.0e}"
    if record.claim:
        found["claim"] = record.claim.verdict
    note = "stale" if base.is_stale(entry.id) else ""
    return {what: Statement(value, note) for what, value in found.items()}


def _prerequisites(base: Base, entry: Entry) -> Statements:
    parts = _parts(base, entry)
    return {item.id: Statement(YES, item.because) for item in prerequisites(base, entry.id) if item.id not in parts}


def _papers(base: Base, entry: Entry) -> Statements:
    edges = base.graph.out_edges(entry.id, data=True)
    introduced = {target: Statement(YES, "introduced it") for _, target, d in edges if d["relation"] == "introduced-by"}
    return {target: Statement(YES) for _, target, data in edges if data["relation"] == "cites"} | introduced


ASPECTS: dict[str, Callable[[Base, Entry], Statements]] = {
    "traits": _traits,
    "equations": _equations,
    "parts": _parts,
    "cost": _cost,
    "sizes": _sizes,
    "claims": _claims,
    "relations": _relations,
    "evidence": _evidence,
    "prerequisites": _prerequisites,
    "papers": _papers,
}
"""What entries are compared in, in the order in which it tells most."""
