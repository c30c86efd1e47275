"""What an engine answers, and how a query is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


class QueryError(ValueError):
    """A query cannot be answered: the message says why in a sentence."""


@dataclass(frozen=True)
class Answer:
    """The rows that a query found.

    Args:
        columns: What the columns are called.
        rows: Their values: texts, numbers, truth values, lists of these, or None.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def as_dicts(self) -> list[dict[str, Any]]:
        """Return a dictionary for each row."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)


def only_reads(language: str, query: str, refused: tuple[str, ...]) -> None:
    """Refuse a query with a word that reads elsewhere or writes, wherever it stands.

    The words are looked for in texts and comments too: what an engine takes for a text need not be one by our reading.
    Part of a name that begins with `?`, `$`, `:`, `.` or a backtick they are no keywords.

    Raises:
        QueryError: A word is among those that are refused.
    """
    pattern = rf"(?<![\w?$:.`])\w*?(?<![A-Za-z_])({'|'.join(refused)})(?!\w)"
    found = re.search(pattern, query, re.IGNORECASE)
    if found:
        raise QueryError(f"{language} queries only read what is here: {found[1].upper()} is refused, in texts too")
