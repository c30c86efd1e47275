"""Rule 1: theorems are counted, for every variant, by the premises that are known; `readings` says what is sound."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.inference.readings import Reading
from kb.inference.setting import Setting
from kb.traits import Fact


class Counters:
    """Counts, for every variant and reading, how many premises are known; at the last one the conclusion follows.

    Args:
        setting: The theorems, and which axes biases act on.
    """

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._met: dict[tuple[str, str, int], dict[str, Fact]] = {}
        self._seen: set[tuple[tuple[str, str, str], str]] = set()

    def derive(self, fact: Fact) -> Iterator[Fact]:
        """Yield what follows from one more fact.

        Examples:
            From "lstm has recurrence-over-time", and a theorem that it implies causality: "lstm has causality".
        """
        key = fact.cell, fact.value
        if key in self._seen:
            return
        self._seen.add(key)
        for number, reading in self._setting.readings.get((fact.bias, fact.value), ()):
            if len(reading.premises) == 1:
                met = {fact.bias: fact}
            else:
                met = self._met.setdefault((fact.architecture, fact.variant, number), {})
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
