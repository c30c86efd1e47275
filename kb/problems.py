"""What can be wrong with the data, and how it is reported: all problems together, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with the data.

    Args:
        file: The file, relative to the knowledge base's folder.
        line: The line, counted from 1; 0 where the whole file is meant.
        field: The dotted path of fields, such as `exhibits.0.bias`; empty where the whole file is meant.
        message: What was expected, what came, and how to mend it.

    Examples:
        >>> print(Problem("entries/papers/2016/kipf2016semi.yaml", 3, "year", "expected a whole number"))
        entries/papers/2016/kipf2016semi.yaml:3: year: expected a whole number
    """

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return ": ".join(part for part in (place, self.field, self.message) if part)

    def as_dict(self) -> dict[str, str | int]:
        """Return the fields as a JSON-ready dictionary."""
        return asdict(self)


class KnowledgeBaseError(Exception):
    """The entries cannot be loaded. `problems` holds every reason, sorted by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        shown = [str(problem) for problem in self.problems[:50]]
        rest = len(self.problems) - len(shown)
        super().__init__("\n".join([*shown, f"... and {rest} more"] if rest else shown))


class NoSuchEntryError(KeyError):
    """No entry has this id. The message suggests the nearest one."""

    def __init__(self, wanted: str, known: Iterable[str], *, what: str = "entry") -> None:
        super().__init__(f"no {what} {wanted!r}{suggestion(wanted, known)}")

    def __str__(self) -> str:
        return str(self.args[0])


def suggestion(wanted: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the nearest known word, or nothing when none is near.

    Examples:
        >>> suggestion("lstn", ["gru", "lstm"])
        " (did you mean 'lstm'?)"
    """
    words = list(known)
    near = get_close_matches(wanted, words, n=1, cutoff=0.6)
    if not near:
        near = sorted((word for word in words if wanted and word.startswith(wanted)), key=len)[:1]
    return f" (did you mean {near[0]!r}?)" if near else ""
