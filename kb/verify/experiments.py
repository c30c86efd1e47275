"""Running the experiments of claims. They judge nothing: `kb.evidence.judging` does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from kb.base import Base
from kb.evidence.jobs import THOROUGH
from kb.schema import Claim
from kb.verify.preparing import rounded


def measure_seed(base: Base, claim: Claim, seed: str) -> dict[str, Any]:
    """Run an experiment for one seed.

    Raises:
        KeyError: A condition or the figure of the claim names a measure that the experiment does not return.
    """
    return returned(claim, claim.load(), seed)


def measure_thorough(base: Base, claim: Claim, seed: str) -> dict[str, Any]:
    """Run the larger form of an experiment for one seed; it returns the same measures.

    Raises:
        KeyError: A condition or the figure of the claim names a measure that it does not return.
    """
    return returned(claim, base.code.load(claim.beside("claims", THOROUGH)), seed)


def returned(claim: Claim, experiment: Callable[[int], dict[str, float | list[float]]], seed: str) -> dict[str, Any]:
    """Return what an experiment measures for one seed: numbers, and lists of numbers for figures."""
    torch.seed()  # what an experiment draws without its seed does not come out alike twice, and an audit finds it
    result = experiment(int(seed))
    for name in sorted(claim.measures):
        if name not in result:
            raise KeyError(f"the experiment returns no measure {name!r} (it returns {', '.join(result)})")
    return {
        "seed": int(seed),
        "measures": {name: rounded(float(value)) for name, value in result.items() if not isinstance(value, list)},
        "series": {
            name: [rounded(float(item)) for item in value] for name, value in result.items() if isinstance(value, list)
        },
    }
