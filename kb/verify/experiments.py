"""Running the experiments of claims. They judge nothing: `kb.evidence.judging` does."""

from __future__ import annotations

from typing import Any

from kb.base import Base
from kb.schema import Claim
from kb.verify.preparing import rounded


def measure_seed(base: Base, claim: Claim, seed: str) -> dict[str, Any]:
    """Run an experiment for one seed.

    Raises:
        KeyError: A condition or the figure of the claim names a measure that the experiment does not return.
    """
    result: dict[str, float | list[float]] = claim.load()(int(seed))
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
