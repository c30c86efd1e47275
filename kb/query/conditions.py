"""Conditions on architectures, with and, or and not, judged in three values.

A condition is true, false, or undecided because a trait is unknown; an undecided one selects nothing, and so does its
negation (the strong logic of Kleene). Where a bias does not apply, an architecture neither has nor lacks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

from typing_extensions import override

from kb.base import Base
from kb.naming import key
from kb.problems import NoSuchEntryError
from kb.schema import Architecture, Entry

Verdict = bool | None
"""True, false, or None where it is unknown."""


class Condition:
    """What an architecture must satisfy. Conditions combine with `&`, `|` and `~`.

    Examples:
        >>> str(Has("causality") & ~(Uses("gating") | Lacks("locality")))
        'has causality and not (uses gating or lacks locality)'
    """

    def __and__(self, other: Condition) -> Condition:
        return And(self, other)

    def __or__(self, other: Condition) -> Condition:
        return Or(self, other)

    def __invert__(self) -> Condition:
        return Not(self)

    def judge(self, base: Base, entry: Architecture) -> Verdict:
        """Say whether the canonical variant of an architecture satisfies the condition."""
        raise NotImplementedError

    def resolved(self, base: Base) -> Condition:
        """Return the same condition with ids in place of names.

        Raises:
            NoSuchEntryError: There is nothing of a name, or more than one entry has it.
        """
        raise NotImplementedError

    def atoms(self) -> Iterator[Atom]:
        """Yield the conditions that it is made of, from left to right."""
        raise NotImplementedError

    def alternatives(self, required: bool = True) -> list[tuple[Literal, ...]]:
        """Return the ways to satisfy it (or, unwanted, its negation): of one way every literal must be true."""
        raise NotImplementedError

    def ways(self, required: bool = True) -> int:
        """Return how many alternatives there are, which can be very many, without making them."""
        raise NotImplementedError

    def grounds(self, base: Base, entry: Architecture) -> Iterator[Ground]:
        """Yield the atoms that decide it for an architecture, each with its own verdict, from left to right."""
        raise NotImplementedError


@dataclass(frozen=True)
class Atom(Condition):
    """A condition on one name.

    `verb` is how it is written, and `attribute` what it asks about, by the name that this has everywhere: an attribute
    of an entry, or a question to the knowledge base that takes an architecture.
    """

    name: str
    verb: ClassVar[str]
    attribute: ClassVar[str]

    def __str__(self) -> str:
        name = self.name if re.fullmatch(r"[\w-]+", self.name) else f"'{self.name}'"
        return f"{self.verb} {name}"

    @override
    def atoms(self) -> Iterator[Atom]:
        yield self

    @override
    def alternatives(self, required: bool = True) -> list[tuple[Literal, ...]]:
        return [((self, required),)]

    @override
    def ways(self, required: bool = True) -> int:
        return 1

    @override
    def grounds(self, base: Base, entry: Architecture) -> Iterator[Ground]:
        yield self, self.judge(base, entry)

    @override
    def resolved(self, base: Base) -> Condition:
        return type(self)(self.meant(base))

    def meant(self, base: Base) -> str:
        """Return the id of what the name means; raise `NoSuchEntryError` where there is nothing of that name."""
        return base.biases[self.name].id


Literal = tuple[Atom, bool]
"""An atom, and whether it must be true or false."""
Ground = tuple[Atom, Verdict]
"""An atom, and its verdict on an architecture."""


class Has(Atom):
    """It has an inductive bias."""

    verb = "has"
    attribute = "exhibits"

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        value = base.trait(entry.id, self.name).value
        return None if value == "unknown" else value == "holds"


class Lacks(Atom):
    """It lacks an inductive bias that applies to it."""

    verb = "lacks"
    attribute = "lacks"

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        value = base.trait(entry.id, self.name).value
        return None if value == "unknown" else value == "lacks"


class Unknown(Atom):
    """An inductive bias applies to it, and it is unknown whether it has it."""

    verb = "unknown"
    attribute = "unknown"

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        return base.trait(entry.id, self.name).value == "unknown"


class Uses(Atom):
    """A component is among its parts."""

    verb = "uses"
    attribute = "uses"

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        return self.name in entry.uses

    @override
    def meant(self, base: Base) -> str:
        return base.concepts[self.name].id


class Within(Atom):
    """It belongs to a family: the folder of its entry."""

    verb = "in"
    attribute = "family"

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        return entry.family == self.name

    @override
    def meant(self, base: Base) -> str:
        return family(self.name, base.architectures.values())


@dataclass(frozen=True)
class Not(Condition):
    """The opposite of a condition."""

    condition: Condition

    def __str__(self) -> str:
        return f"not {_bracketed(self.condition, And, Or)}"

    @override
    def resolved(self, base: Base) -> Condition:
        return Not(self.condition.resolved(base))

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        verdict = self.condition.judge(base, entry)
        return None if verdict is None else not verdict

    @override
    def atoms(self) -> Iterator[Atom]:
        yield from self.condition.atoms()

    @override
    def ways(self, required: bool = True) -> int:
        return self.condition.ways(not required)

    @override
    def grounds(self, base: Base, entry: Architecture) -> Iterator[Ground]:
        yield from self.condition.grounds(base, entry)

    @override
    def alternatives(self, required: bool = True) -> list[tuple[Literal, ...]]:
        return self.condition.alternatives(not required)


@dataclass(frozen=True)
class Both(Condition):
    """Two conditions, joined."""

    left: Condition
    right: Condition

    @override
    def resolved(self, base: Base) -> Condition:
        return type(self)(self.left.resolved(base), self.right.resolved(base))

    @override
    def atoms(self) -> Iterator[Atom]:
        yield from self.left.atoms()
        yield from self.right.atoms()

    @override
    def grounds(self, base: Base, entry: Architecture) -> Iterator[Ground]:
        verdict = self.judge(base, entry)
        for side in (self.left, self.right):
            if side.judge(base, entry) is verdict:
                yield from side.grounds(base, entry)

    def _all_of(self, required: bool) -> list[tuple[Literal, ...]]:
        pairs = product(self.left.alternatives(required), self.right.alternatives(required))
        return [tuple(dict.fromkeys(left + right)) for left, right in pairs]

    def _any_of(self, required: bool) -> list[tuple[Literal, ...]]:
        return self.left.alternatives(required) + self.right.alternatives(required)


class And(Both):
    """Both conditions are true."""

    @override
    def ways(self, required: bool = True) -> int:
        left, right = self.left.ways(required), self.right.ways(required)
        return left * right if required else left + right

    def __str__(self) -> str:
        return f"{_bracketed(self.left, Or)} and {_bracketed(self.right, Or)}"

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        verdicts = [self.left.judge(base, entry), self.right.judge(base, entry)]
        return False if False in verdicts else None if None in verdicts else True

    @override
    def alternatives(self, required: bool = True) -> list[tuple[Literal, ...]]:
        return self._all_of(True) if required else self._any_of(False)


class Or(Both):
    """At least one of the conditions is true."""

    @override
    def ways(self, required: bool = True) -> int:
        left, right = self.left.ways(required), self.right.ways(required)
        return left + right if required else left * right

    def __str__(self) -> str:
        return f"{self.left} or {self.right}"

    @override
    def judge(self, base: Base, entry: Architecture) -> Verdict:
        verdicts = [self.left.judge(base, entry), self.right.judge(base, entry)]
        return True if True in verdicts else None if None in verdicts else False

    @override
    def alternatives(self, required: bool = True) -> list[tuple[Literal, ...]]:
        return self._any_of(True) if required else self._all_of(False)


def family(name: str, entries: Iterable[Entry]) -> str:
    """Return the family (the folder of entries) that a name means, whatever its capitals and hyphens.

    Raises:
        NoSuchEntryError: There is none.
    """
    groups = {key(entry.group): entry.group for entry in entries}
    if key(name) not in groups:
        raise NoSuchEntryError(name, groups.values(), what="family")
    return groups[key(name)]


def _bracketed(condition: Condition, *kinds: type[Condition]) -> str:
    return f"({condition})" if isinstance(condition, kinds) else str(condition)
