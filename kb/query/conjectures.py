"""Implications between inductive biases: which are theorems, which an architecture refutes, and which are open.

Every row of the matrix, one for each variant, is a test of every implication. One that no row refutes and no theorem
gives is a conjecture; one that a single architecture refutes, against many that agree, points at a wrong cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import Any, Literal, get_args

from kb import inference
from kb.base import Base
from kb.inference.readings import sound, weights_of
from kb.inference.setting import Setting
from kb.query.conditions import Has, Lacks
from kb.query.language import parse
from kb.schema import DEFAULT_VARIANT, Statement
from kb.schema.model import BiasRef
from kb.traits import Fact, Value

Row = tuple[str, str]
"""An architecture and a variant."""
Standing = Literal["theorem", "refuted", "open", "vacuous", "unsound"]
VALUES: tuple[Value, ...] = ("holds", "lacks")
IMAGINED = "such a network"
FEW = 5
"""Rows that are named where there are more."""


@dataclass(frozen=True)
class Implication:
    """That some statements imply another, and what the matrix says about it.

    Args:
        premises: What is assumed.
        conclusion: What would follow.
        standing: A theorem, refuted by a row, open, vacuous (no row meets the premises where the conclusion applies),
            or unsound (the scopes of the biases speak of different weights, so that nothing can follow).
        support: Architectures that meet premises and conclusion.
        contrast: Architectures without the conclusion, and so without one of the premises: without any, it is idle.
        against: Rows that meet the premises and not the conclusion.
        proof: The lines of a proof: of it where it is a theorem, of the opposite where that is one.
    """

    premises: tuple[Statement, ...]
    conclusion: Statement
    standing: Standing
    support: tuple[str, ...] = ()
    contrast: tuple[str, ...] = ()
    against: tuple[Row, ...] = ()
    proof: tuple[str, ...] = ()

    def __str__(self) -> str:
        premises = " and ".join(map(str, self.premises))
        return f"{premises} {'imply' if len(self.premises) > 1 else 'implies'} {self.conclusion}"

    @property
    def weight(self) -> int:
        """How well it has been tested: by the smaller of support and contrast."""
        return min(len(self.support), len(self.contrast))

    @property
    def lines(self) -> list[str]:
        """What is known of it, in sentences."""
        against = ", ".join(entry if variant == DEFAULT_VARIANT else f"{entry} ({variant})" for entry, variant in
                            self.against[:FEW])  # fmt: skip
        more = f" and {len(self.against) - FEW} more" if len(self.against) > FEW else ""
        match self.standing:
            case "theorem":
                return ["Proved:", *(f"  {line}" for line in self.proof)]
            case "refuted" if self.proof:
                return ["Refuted. The opposite is proved:", *(f"  {line}" for line in self.proof)]
            case "refuted":
                return [f"Refuted. With the premises and without the conclusion: {against}{more}."]
            case "open":
                return [f"Open. No row refutes it; {len(self.support)} architectures agree: {', '.join(self.support)}."]
            case "vacuous":
                return ["Open, and without a test: no row meets the premises where the conclusion applies."]
            case "unsound":
                return ["Nothing can follow: the premises are not said of the same weights as the conclusion."]

    def as_dict(self) -> dict[str, Any]:
        """Return it as a JSON-ready dictionary."""
        statements = {"premises": list(map(str, self.premises)), "conclusion": str(self.conclusion)}
        return {**asdict(self), **statements, "implication": str(self)}


class Matrix:
    """The cells of all rows, as one set of rows for every statement.

    Args:
        base: The knowledge base.
    """

    def __init__(self, base: Base) -> None:
        self.base = base
        self.rows: list[Row] = [
            (entry.id, name) for entry in base.architectures.values() for name in entry.all_variants
        ]
        self.statements = [_statement(bias, value) for bias in base.biases for value in VALUES]
        self._known: dict[tuple[str, ...], dict[str, Fact]] = {}
        self._met = {str(statement): self._rows_with(statement) for statement in self.statements}

    def _rows_with(self, statement: Statement) -> int:
        facts = self.base.facts
        found = 0
        for number, (entry, variant) in enumerate(self.rows):
            known = facts.get((entry, variant, str(statement.bias)), ())
            found |= any(fact.value == statement.value for fact in known[:1]) << number
        return found

    def meeting(self, statements: Sequence[Statement]) -> int:
        """Return the rows that meet all statements, as bits."""
        found = (1 << len(self.rows)) - 1
        for statement in statements:
            found &= self._met[str(statement)]
        return found

    def names(self, rows: int) -> tuple[Row, ...]:
        """Return which rows the bits of a number stand for."""
        return tuple(row for number, row in enumerate(self.rows) if rows >> number & 1) if rows else ()

    def tally(self, premises: Sequence[Statement], conclusion: Statement) -> Implication:
        """Count what supports an implication and what refutes it, whether or not there is a proof."""
        premises = tuple(premises)
        met, without = self.meeting(premises), self.meeting([conclusion.opposite])
        failing = 0
        for premise in premises:
            failing |= self.meeting([premise.opposite])
        support = self.architectures(met & self.meeting([conclusion]))
        contrast = self.architectures(failing & without)
        standing = self._counted(premises, conclusion)
        return Implication(premises, conclusion, standing, support, contrast, self.names(met & without))

    def architectures(self, rows: int) -> tuple[str, ...]:
        """Return which architectures have a row among those that the bits of a number stand for."""
        found = []
        while rows:
            entry = self.rows[(rows & -rows).bit_length() - 1][0]  # that of the lowest bit
            rows &= ~self._own[entry]
            found.append(entry)
        return tuple(found)

    @cached_property
    def _own(self) -> dict[str, int]:
        """The rows of every architecture, as bits."""
        found: dict[str, int] = {}
        for number, (entry, _) in enumerate(self.rows):
            found[entry] = found.get(entry, 0) | 1 << number
        return found

    def judge(self, premises: Sequence[Statement], conclusion: Statement) -> Implication:
        """Say what is known of an implication."""
        counted = self.tally(premises, conclusion)
        if proof := self.proof(premises, conclusion):
            return replace(counted, standing="theorem", proof=tuple(proof))
        if proof := self.proof(premises, conclusion.opposite):
            return replace(counted, standing="refuted", proof=tuple(proof))
        return counted if self.is_sound(premises, conclusion) else replace(counted, standing="unsound")

    def standing(self, premises: Sequence[Statement], conclusion: Statement) -> Standing:
        """Say what is known of an implication in a word, without rows and proofs."""
        if self._derives(premises, conclusion):
            return "theorem"
        if self._derives(premises, conclusion.opposite):
            return "refuted"
        return self._counted(premises, conclusion) if self.is_sound(premises, conclusion) else "unsound"

    def _counted(self, premises: Sequence[Statement], conclusion: Statement) -> Standing:
        """What the rows say of an implication."""
        met = self.meeting(premises)
        if met & self.meeting([conclusion.opposite]):
            return "refuted"
        return "open" if met & self.meeting([conclusion]) else "vacuous"

    def is_sound(self, premises: Sequence[Statement], conclusion: Statement) -> bool:
        """Whether the scopes let the conclusion follow from such premises."""
        weights = [weights_of(premise, self.base.biases[premise.bias]) for premise in premises]
        return sound(weights, weights_of(conclusion, self.base.biases[conclusion.bias]))

    @cached_property
    def _imagined(self) -> Setting:
        return Setting.over(self.base.biases, self.base.theorems.values(), lambda *_: ("any axis",))

    def consequences(self, premises: Sequence[Statement]) -> dict[str, Fact]:
        """Return what theorems derive from statements about a network to which every bias applies."""
        key = tuple(map(str, premises))
        if key not in self._known:
            self._known[key] = self._derived(premises)
        return self._known[key]

    def _derived(self, premises: Sequence[Statement]) -> dict[str, Fact]:
        assumed = [Fact(IMAGINED, DEFAULT_VARIANT, str(s.bias), s.value, "assumed") for s in premises]
        known = inference.close(assumed, self._imagined)
        facts = [fact for facts in known.values() for fact in facts]
        return {str(_statement(fact.bias, fact.value)): fact for fact in facts}

    def proof(self, premises: Sequence[Statement], conclusion: Statement) -> list[str]:
        """Return the lines of a proof, or none."""
        fact = self._derives(premises, conclusion)
        return list(inference.trace(fact)) if fact else []

    def _derives(self, premises: Sequence[Statement], conclusion: Statement) -> Fact | None:
        fact = self.consequences(premises).get(str(conclusion))
        return fact if fact and fact.how == "derived" else None


def mine(matrix: Matrix, premises: int = 1, least: int = 1, allowed: int = 0) -> list[Implication]:
    """Return the implications that no theorem gives and few rows refute, those first that were tested best.

    Args:
        matrix: The cells.
        premises: How many premises, one or two. With two, neither alone may do.
        least: Architectures that must agree.
        allowed: Rows that refute it: 0 for conjectures, 1 for near-theorems.

    Examples:
        >>> import kb
        >>> all(each.standing == "open" for each in mine(Matrix(kb.load()), least=10))
        True
    """
    simpler = {(str(one.premises[0]), str(one.conclusion)) for one in _mined(matrix, 1, 1, allowed)}
    found = [
        each
        for each in _mined(matrix, premises, least, allowed)
        if premises == 1 or not any((str(premise), str(each.conclusion)) in simpler for premise in each.premises)
    ]
    return sorted(found, key=lambda each: (-each.weight, -len(each.support), str(each)))


def _mined(matrix: Matrix, premises: int, least: int, allowed: int) -> Iterator[Implication]:
    conclusions = [
        (each, {str(each), str(each.opposite)}, matrix.meeting([each]), matrix.meeting([each.opposite]))
        for each in matrix.statements
    ]
    for given in combinations(matrix.statements, premises):
        met = matrix.meeting(given)
        if met.bit_count() < least or len({statement.bias for statement in given}) < premises:
            continue
        known = matrix.consequences(given)
        for conclusion, either, meeting, against in conclusions:
            if (met & against).bit_count() != allowed or not known.keys().isdisjoint(either):
                continue
            both = met & meeting
            if (
                both.bit_count() >= least
                and len(matrix.architectures(both)) >= least
                and matrix.is_sound(given, conclusion)
            ):
                yield matrix.tally(given, conclusion)


def standings(matrix: Matrix) -> dict[Standing, int]:
    """Count the implications with one premise by what is known of them."""
    pairs = [(one, other) for one in matrix.statements for other in matrix.statements if one.bias != other.bias]
    found = Counter(matrix.standing([one], other) for one, other in pairs)
    return {standing: found[standing] for standing in get_args(Standing)}


def nearest(matrix: Matrix, implication: Implication) -> tuple[str, ...]:
    """Return the architectures without the conclusion that miss one premise only: the nearest to a counterexample."""
    found = 0
    for missed in implication.premises:
        rest = [premise for premise in implication.premises if premise is not missed]
        found |= matrix.meeting([*rest, implication.conclusion.opposite])
    return matrix.architectures(found)


@dataclass(frozen=True)
class Suspect:
    """A cell that alone refutes implications which many others support: it is special, or wrong."""

    architecture: str
    variant: str
    conclusion: Statement
    implications: tuple[Implication, ...]

    def __str__(self) -> str:
        where = "" if self.variant == DEFAULT_VARIANT else f" ({self.variant})"
        alone = f"is the only exception to {len(self.implications)} implications"
        best = max(self.implications, key=lambda each: len(each.support))
        example = f"such as {best} ({len(best.support)} agree)"
        return f"{self.architecture}{where}: {self.conclusion.opposite} {alone}, {example}"


def suspects(matrix: Matrix, least: int = 20) -> list[Suspect]:
    """Return the cells that are the only exceptions to well supported implications, the most suspect first."""
    found: dict[tuple[Row, str], list[Implication]] = {}
    for each in mine(matrix, least=least, allowed=1):
        found.setdefault((each.against[0], str(each.conclusion)), []).append(each)
    listed = [Suspect(*row, group[0].conclusion, tuple(group)) for (row, _), group in found.items()]
    return sorted(listed, key=lambda suspect: (-len(suspect.implications), suspect.architecture, suspect.variant))


def refute(base: Base, text: str) -> Implication:
    """Answer an implication with a counterexample, a proof, or that it is open.

    Args:
        base: The knowledge base.
        text: Such as `causality and not locality implies unbounded-context`.

    Raises:
        NoSuchEntryError: A bias is unknown.
        ValueError: The text is no implication.

    Examples:
        >>> import kb
        >>> refute(kb.load(), "recurrence-over-time implies causality").standing
        'theorem'
    """
    sides = _sides(text)
    premises, conclusions = (_statements(base, side) for side in sides)
    if len(conclusions) != 1:
        raise ValueError(f"expected one conclusion after `implies`, came {sides[1]!r}")
    return Matrix(base).judge(premises, conclusions[0])


def _sides(text: str) -> list[str]:
    for word in (" implies ", " imply ", "=>"):
        if text.count(word) == 1:
            return text.split(word)
    raise ValueError(
        f"expected an implication such as 'locality and causality implies sparsity-of-interaction', came {text!r}"
    )


def _statements(base: Base, text: str) -> list[Statement]:
    """Read statements that are joined by `and`."""
    alternatives = parse(text).resolved(base).alternatives()
    if len(alternatives) != 1:
        raise ValueError(
            f"expected biases joined by `and`, with `not` or `lacks` before those that fail, came {text!r}"
        )
    found = []
    for atom, required in alternatives[0]:
        if not isinstance(atom, Has | Lacks):
            raise ValueError(f"expected the name of a bias, came {str(atom)!r}")
        holds = isinstance(atom, Has) == required
        found.append(_statement(atom.name, "holds" if holds else "lacks"))
    return found


def _statement(bias: str, value: Value) -> Statement:
    return Statement(bias=BiasRef(bias), value=value)
