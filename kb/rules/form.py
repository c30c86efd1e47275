"""The rule on the form of files: there is one, so that a change shows as what it is."""

from __future__ import annotations

from collections.abc import Iterator

from kb.base import Base
from kb.formatting import difference
from kb.problems import Problem


def files_are_in_one_form(base: Base) -> Iterator[Problem]:
    """Every file of entries is as `kb format` writes it."""
    for entry in base.values():
        problem = difference(base.reading, entry)
        if problem:
            yield problem
