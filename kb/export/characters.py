"""Characters that no export can hold."""

from __future__ import annotations

import re
from typing import Any

UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Controls but tab and newline, halves of surrogate pairs, and two that are no characters.

XML has no way to write most of them, not even an escape, and LaTeX refuses them.
"""


def printable(text: str) -> str:
    r"""Return a text with Unicode's replacement character in place of every character that exports cannot hold.

    Examples:
        >>> printable("a\x07b")
        'a�b'
    """
    return UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def all_printable(value: Any) -> Any:
    """Return a value of JSON with every text in it made `printable`."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: all_printable(item) for name, item in value.items()}
    return [all_printable(item) for item in value] if isinstance(value, list | tuple) else value
