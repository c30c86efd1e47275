"""Exact checks: limits, special cases and worked examples that an implementation must meet, peer or no peer."""

from __future__ import annotations

from typing import Any

from kb.base import Base
from kb.schema import Entry
from kb.verify.preparing import drawing_by, rounded, seeded

DRAWS = 3


def measure_check(base: Base, entry: Entry, name: str) -> dict[str, Any]:
    """Run a check, a function `(generator) -> float` that returns a relative error in float64, on a few draws."""
    link = entry.beside("checks", name)
    return {"check": name, "errors": [rounded(_error(base, link, draw)) for draw in range(DRAWS)]}


def _error(base: Base, link: str, draw: int) -> float:
    generator = seeded(link, draw)
    with drawing_by(generator.initial_seed()):
        return float(base.code.load(link)(generator))
