"""Rule 1: theorems, with any number of premises, and their contrapositives.

Sound because a theorem is an implication that is true of every single function. Its contrapositives are too: if all
premises but one are met and the conclusion fails, that one fails. The converse is never used.

A bias is said of all weights, of initial ones or of some (`Scope`), and lacking it turns "all" into "some". A theorem
may be read from premises to conclusion only if all premises are sure to meet at the same weights. So at most one of
them may be said of less than all weights, and the conclusion is then said of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.schema import Bias, Statement, Theorem
from kb.schema.bias import Weights
from kb.traits import Fact, Value

if TYPE_CHECKING:
    from kb.inference.setting import Setting

Literal = tuple[str, Value]
"""A bias, and whether it holds."""


@dataclass(frozen=True)
class Reading:
    """A theorem, read from premises to conclusion, or backwards.

    Args:
        theorem: The theorem.
        premises: What must be known.
        conclusion: What follows.
        backwards: Whether it is a contrapositive.
        of_many_axes: Whether it is sound too where the biases act on several axes, and not all on the same one.
    """

    theorem: Theorem
    premises: tuple[Literal, ...]
    conclusion: Literal
    backwards: bool
    of_many_axes: bool


def weights_of(statement: Statement, bias: Bias) -> Weights:
    """Return of which weights a statement is said: not all weights have a bias if some lack it, and vice versa."""
    flipped: dict[Weights, Weights] = {"all": "some", "some": "all", "initial": "initial"}
    return bias.scope.weights if statement.value == "holds" else flipped[bias.scope.weights]


def axes_of(statement: Statement, bias: Bias) -> Weights:
    """Return of which axes a statement is said, in the same way: of every one, or of one at least."""
    return "all" if (bias.scope.axes == "every") == (statement.value == "holds") else "some"


def sound(premises: Iterable[Weights], conclusion: Weights) -> bool:
    """Whether what is said of such weights can imply something that is said of such.

    Examples:
        >>> sound(["all", "all"], "initial"), sound(["all", "some"], "some"), sound(["some", "some"], "some")
        (True, True, False)
    """
    narrower = [weights for weights in premises if weights != "all"]
    if not narrower:
        return True
    if set(narrower) == {"initial"}:
        return conclusion != "all"
    return narrower == ["some"] and conclusion == "some"


def readings(theorem: Theorem, biases: Mapping[str, Bias]) -> Iterator[Reading]:
    """Yield the ways to read a theorem that are sound for the scopes of its biases."""
    for number, (premises, conclusion) in enumerate(theorem.readings):
        weights = [weights_of(premise, biases[premise.bias]) for premise in premises]
        if sound(weights, weights_of(conclusion, biases[conclusion.bias])):
            axes = [axes_of(premise, biases[premise.bias]) for premise in premises]
            many = theorem.axis == "any" or sound(axes, axes_of(conclusion, biases[conclusion.bias]))
            yield Reading(theorem, tuple(map(_literal, premises)), _literal(conclusion), number > 0, many)


def _literal(statement: Statement) -> Literal:
    return str(statement.bias), statement.value


class Counters:
    """Counts, for every variant and reading, how many premises are known; at the last one the conclusion follows.

    Args:
        setting: The theorems, and which axes biases act on.
    """

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._met: dict[tuple[str, str, int], dict[str, Fact]] = {}

    def derive(self, fact: Fact) -> Iterator[Fact]:
        """Yield what follows from one more fact.

        Examples:
            From "lstm has recurrence-over-time", and a theorem that it implies causality: "lstm has causality".
        """
        for number, reading in self._setting.readings.get((fact.bias, fact.value), ()):
            met = self._met.setdefault((fact.architecture, fact.variant, number), {})
            if fact.bias in met:
                continue
            met[fact.bias] = fact
            if len(met) == len(reading.premises) and self._speaks_of_one_axis(reading, fact):
                yield _concluded(reading, met)

    def _speaks_of_one_axis(self, reading: Reading, fact: Fact) -> bool:
        """Whether the conclusion applies, and the theorem's axes are the same ones, if they must be."""
        acting, bias = self._setting.acting, reading.conclusion[0]
        letters = acting(fact.architecture, bias, fact.variant)
        if reading.theorem.axis == "any" or not letters:
            return bool(letters)
        if len(letters) > 1 and not reading.of_many_axes:
            return False
        return all(acting(fact.architecture, other, fact.variant) == letters for other, _ in reading.premises)


def _concluded(reading: Reading, met: Mapping[str, Fact]) -> Fact:
    premises = tuple(met[bias] for bias, _ in reading.premises)
    first, (bias, value) = premises[0], reading.conclusion
    rule = "contraposition" if reading.backwards else "theorem"
    theorem = reading.theorem
    return Fact(
        first.architecture, first.variant, bias, value, "derived", theorem.name, rule, premises, None, theorem.id
    )
