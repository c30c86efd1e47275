"""Refuting: what is true of all inputs is refuted by one of them, so that the search can end there."""

from collections.abc import Iterable

from kb.probes import Error

ENOUGH = 0.05  # an error as large as this is no rounding, in whatever order the cases are tried


def worst(errors: Iterable[float]) -> float:
    """Return the first error that refutes, or the largest where none does; what comes after is not computed.

    Example:
        >>> worst(iter([0.0, 0.5, 0.9]))
        0.5
    """
    found: float = Error(0.0)
    for error in errors:
        found = max(found, error)
        if found >= ENOUGH:
            break
    return found
