"""Exact checks: limits, special cases and worked examples that an implementation must meet, peer or no peer."""

from __future__ import annotations

from collections.abc import Iterable

from torch import random

from kb.evidence import CheckEvidence
from kb.links import resolve
from kb.schema.common import Check
from kb.verify.preparing import rounded, seeded

DRAWS = 3


def run_checks(checks: Iterable[Check]) -> list[CheckEvidence]:
    """Run every check on a few draws.

    Args:
        checks: Each names a function `(generator) -> float`, a relative error in float64.

    Returns:
        The largest error of each.
    """
    found = []
    for check in checks:
        errors = [_error(check.check, draw) for draw in range(DRAWS)]
        worst = max(errors) if all(error == error for error in errors) else float("nan")
        found.append(CheckEvidence(check=check.check, error=rounded(worst), tolerance=check.tolerance))
    return found


def _error(link: str, draw: int) -> float:
    generator = seeded(link, draw)
    with random.fork_rng(devices=[]):
        random.manual_seed(generator.initial_seed())
        return float(resolve(link)(generator))
