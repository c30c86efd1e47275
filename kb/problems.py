"""What can be wrong with the data, and how it is reported: all problems together, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from kb.characters import LONGEST, printable, shortened, shown

LONGEST_MESSAGE = 4_000
"""Characters of a message; a contradiction quotes its premises, all other messages are far shorter."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with the data.

    Args:
        file: The file, relative to the knowledge base's folder.
        line: The line, counted from 1; 0 where the whole file is meant.
        field: The dotted path of fields, such as `exhibits.0.bias`; empty where the whole file is meant.
        message: What was expected, what came, and how to mend it. Lines after the first begin with four spaces.

    What entries hold is quoted in all three, so a problem escapes what a terminal would act on, and whatever would
    begin a line of its own, as a problem does that was never found.

    Examples:
        >>> print(Problem("entries/papers/2016/kipf2016semi.yaml", 3, "year", "expected a whole number"))
        entries/papers/2016/kipf2016semi.yaml:3: year: expected a whole number
    """

    file: str
    line: int
    field: str
    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "file", printable(self.file))
        object.__setattr__(self, "field", shortened(printable(shortened(self.field))))
        lines = re.split(r"\n(?=    )", shortened(self.message, LONGEST_MESSAGE))
        object.__setattr__(self, "message", "\n".join(map(printable, lines)))

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
        first = [str(problem) for problem in self.problems[:50]]
        rest = len(self.problems) - len(first)
        super().__init__("\n".join([*first, f"... and {rest} more"] if rest else first))


class NoSuchEntryError(KeyError):
    """Nothing has this name. The message suggests the nearest one.

    Args:
        name: The name asked for.
        known: The names among which the nearest is looked for.
        what: What the name would be of.
    """

    def __init__(self, name: str, known: Iterable[str], *, what: str = "entry") -> None:
        super().__init__(f"no {what} {shown(name)}{suggestion(name, known)}")

    def __str__(self) -> str:
        return str(self.args[0])


class NoSuchNameError(NoSuchEntryError):
    """No entry has this name.

    Args:
        name: The name asked for.
        what: The kind of entry that is asked for, or `entry`.
        near: The id of the entry whose name is nearest, if any is near.
        others: The kinds of other entries that have the name.
    """

    def __init__(self, name: str, what: str, near: str | None, others: Sequence[str] = ()) -> None:
        self.near = near
        other = f", which is {article(others[0])} {others[0]}" if others else ""
        guess = f" (a guess: did you mean {shown(near)}?)" if near else ""
        KeyError.__init__(self, f"no {what} has the name {shown(name)}{other}{guess}")


class AmbiguousNameError(NoSuchEntryError):
    """More than one entry has this name; the message lists them."""

    def __init__(self, name: str, meanings: Iterable[str]) -> None:
        KeyError.__init__(self, f"{shown(name)} is a name of more than one entry, write an id: {'; '.join(meanings)}")


def article(word: str) -> str:
    """Return the article that stands before a word."""
    return "an" if word[0] in "aeiou" else "a"


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the nearest known word, or nothing when none is near.

    Examples:
        >>> suggestion("lstn", ["gru", "lstm"])
        " (did you mean 'lstm'?)"
    """
    from rapidfuzz import fuzz, process  # only where something is wrong

    words = list(known)
    if len(name) > LONGEST:
        return ""
    near = process.extractOne(name, words, scorer=fuzz.ratio, score_cutoff=60)
    begun = () if near else sorted((word for word in words if name and word.startswith(name)), key=len)
    found = near[0] if near else begun[0] if begun else ""
    return f" (did you mean {shown(found)}?)" if found else ""
