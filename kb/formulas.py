"""Formulas: LaTeX to MathML, so that pages need no script for them and a bad formula is found before a page is made."""

from __future__ import annotations

import re
from functools import lru_cache

from math_core import LatexError, LatexToMathML

INLINE = r"(?<![\\$])\$(?!\s)((?:[^$\n]|\n(?!\n))+?)(?<!\s)\$"
"""`$...$` in a text; a dollar sign before or after a space is a dollar sign."""


def formulas_in(text: str) -> list[str]:
    """Return the formulas of a Markdown text, code spans left out."""
    return re.findall(INLINE, re.sub(r"`[^`]*`", "", text))


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
        raise ValueError(f"cannot read the formula {latex}: {_reason(error)}") from None


def _reason(error: LatexError) -> str:
    """The one line of a coloured, many-line message that says what is wrong."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    return next((line.partition("Error:")[2].strip() for line in plain.splitlines() if "Error:" in line), plain.strip())
