"""Rule 1: `implies`, its contrapositive, and `excludes`.

Sound because the entries state that every function with bias A has bias B: then an architecture with A has B, and one
without B cannot have A. Two biases that exclude each other never hold together, so one that holds rules the other out.
The converse is never used: nothing about B follows from lacking A.
"""

from __future__ import annotations

from collections.abc import Iterator

from kb.inference.setting import Setting
from kb.traits import Fact, Value


def derive(fact: Fact, setting: Setting) -> Iterator[Fact]:
    """Yield what follows from one fact about other biases of the same variant.

    Examples:
        From "lstm has recurrence-over-time", and recurrence-over-time implying causality: "lstm has causality".
    """
    bias = setting.biases[fact.bias]
    if fact.value == "holds":
        for consequence in bias.implies:
            yield from _conclude(fact, setting, str(consequence.bias), "holds", "implication", consequence.because)
        for other in setting.excluded_by.get(fact.bias, ()):
            yield from _conclude(
                fact, setting, other, "lacks", "exclusion", f"{fact.bias} and {other} exclude each other"
            )
    else:
        for stronger in setting.implied_by.get(fact.bias, ()):
            because = f"{stronger} would imply {fact.bias}"
            yield from _conclude(fact, setting, stronger, "lacks", "contraposition", because)


def _conclude(fact: Fact, setting: Setting, bias: str, value: Value, rule: str, because: str) -> Iterator[Fact]:
    if setting.applicable(fact.architecture, fact.variant, bias):
        yield Fact(fact.architecture, fact.variant, bias, value, "derived", because, rule, (fact,))
