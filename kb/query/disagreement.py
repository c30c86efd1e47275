"""Where measurements disagree with what an entry states."""

from __future__ import annotations

from collections.abc import Iterator

from kb.base import Base
from kb.evidence.judging import Evidence


def disagreements(base: Base, entry_id: str) -> list[str]:
    """Return one sentence for every trait of the other sign or undecided, difference from a peer, and unmet condition.

    Args:
        base: The knowledge base.
        entry_id: An entry; without evidence there is nothing to disagree.
    """
    record = base.evidence.get(entry_id)
    return [*_traits(base, entry_id, record), *_numbers(record)] if record else []


def _traits(base: Base, entry_id: str, record: Evidence) -> Iterator[str]:
    for trait in record.traits:
        facts = base.facts.get((entry_id, trait.variant, trait.bias), ())
        stated = next((fact.value for fact in facts if fact.how == "asserted"), None)
        undecided = trait.value == "unknown" and not trait.declined
        if undecided or (stated and stated != trait.value and not trait.declined):
            what = f"asserted {stated}" if stated else "nothing asserted"
            yield f"{trait.bias} ({trait.variant}): {what}, measured {trait.value}, error {trait.error:.2g}"


def _numbers(record: Evidence) -> Iterator[str]:
    if record.peer and not record.peer.met:
        yield f"differs from its peer by {record.peer.error:.1e}"
    yield from (f"{check.check}: error {check.error:.1e}" for check in record.checks if not check.met)
    if record.claim and record.claim.verdict != "supported":
        unmet = [f"{c.condition} {c.tally}" for c in record.claim.conditions if not c.met]
        yield f"{record.claim.verdict}: {'; '.join(unmet)}"
