"""Which ways to read a theorem are sound: from premises to conclusion, and its contrapositives.

Sound because a theorem is an implication that is true of every single function. Its contrapositives are too: if all
premises but one are met and the conclusion fails, that one fails. The converse is never used.

A bias is said of all weights, of initial ones or of some (`Scope`), and lacking it turns "all" into "some". A theorem
may be read from premises to conclusion only if all premises are sure to meet at the same weights. So at most one of
them may be said of less than all weights, and the conclusion is then said of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kb.schema import Bias, Statement, Theorem
from kb.schema.bias import Weights
from kb.traits import Value

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
    """Return of which weights a statement is said."""
    return bias.scope.weights_for(statement.value)


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
