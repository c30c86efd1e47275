"""Formulas: LaTeX to MathML when the site is built, so that pages need no script for them."""

from __future__ import annotations

from functools import lru_cache

from math_core import LatexError, LatexToMathML


@lru_cache(maxsize=1)
def _converter() -> LatexToMathML:
    return LatexToMathML()


@lru_cache(maxsize=10_000)
def mathml(latex: str, *, display: bool = False) -> str:
    """Return a formula as MathML.

    Raises:
        ValueError: The formula is not understood.

    Examples:
        >>> mathml("x^2").startswith("<math")
        True
    """
    try:
        return str(_converter().convert_with_local_state(latex, displaystyle=display))
    except LatexError as error:
        raise ValueError(f"cannot read the formula {latex!r}: {error}") from None
