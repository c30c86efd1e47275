"""How many claims are supported, refuted and not settled, by their kind of evidence."""

from __future__ import annotations

from collections import Counter

from kb.base import Base
from kb.schema import SORTS, VERDICTS, Sort


def verdicts(base: Base) -> dict[Sort, dict[str, int]]:
    """Count the verdicts on identities, counts and empirical claims separately.

    Args:
        base: The knowledge base; a claim without an experiment, or whose seeds are not all measured, counts as nothing.
    """
    found = Counter(
        (claim.sort, record.claim.verdict)
        for claim in base.claims.values()
        if (record := base.evidence.get(claim.id)) and record.claim
    )
    return {sort: {verdict: found[sort, verdict] for verdict in VERDICTS if found[sort, verdict]} for sort in SORTS}


def in_words(base: Base) -> str:
    """Say how many identities, counts and empirical claims there are, with the verdicts on the empirical ones."""
    found = verdicts(base)
    sizes = {sort: sum(counts.values()) for sort, counts in found.items()}
    named = [f"{size} {SORTS[sort].one if size == 1 else SORTS[sort].many}" for sort, size in sizes.items() if size]
    outcomes = ", ".join(f"{count} {verdict}" for verdict, count in found["empirical"].items())
    return ", ".join(named) + (f" ({outcomes})" if outcomes else "")
