"""What a measurement of a narrower network shows of the wider one; `kb.inference.widening` says why it is sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.evidence.record import Widening

ROUNDING = 1e-7
"""Largest relative difference of outputs that counts as rounding, which batch normalisation amplifies in training."""


@dataclass(frozen=True)
class Wider:
    """A variant, as it is widened from a narrower network.

    Args:
        variant: The name of the variant.
        same_functions: Whether it has all functions of the narrower one.
        copied_outside: Whether features of inputs or outputs have copies too.
        because: Why, in words.
    """

    variant: str
    same_functions: bool
    copied_outside: bool
    because: str

    @classmethod
    def of(cls, found: Widening) -> Wider:
        """Return what a measurement shows."""
        same = bool(found.copies) and max(found.errors, default=1.0) <= ROUNDING
        how = "is built of the same modules"
        if same:
            error = max(found.errors)
            how = (
                f"computes the same with copies of its units (outputs of {found.multiple} copies differ by {error:.0e})"
            )
        because = f"{found.variant} is {found.factor} times as wide in {', '.join(found.sizes)}, and {how}"
        return cls(found.variant, same, found.outside, because)
