"""Deduction: sound rules over traits and relations, run to a fixpoint, each derived fact with its premises.

A rule is a module with a `derive(fact, setting)` generator; adding one is adding its module to `RULES`. Theorems, which
may need several facts, count them (`theorems.Counters`). Facts are processed from a queue, so the first fact to decide
a cell is one with a shortest chain of rules.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from kb.inference import inheritance, representation, widening
from kb.inference.setting import Setting
from kb.inference.theorems import Counters
from kb.traits import Fact

Rule = Callable[[Fact, Setting], Iterator[Fact]]

RULES: tuple[Rule, ...] = (inheritance.derive, representation.derive, widening.derive)


def close(
    premises: Iterable[Fact], setting: Setting, composed: Iterable[Fact] = ()
) -> dict[tuple[str, str, str], list[Fact]]:
    """Derive all that follows from `premises`.

    Args:
        premises: Asserted and measured facts.
        setting: The biases and relations that the rules look things up in.
        composed: Facts that follow from the parts of architectures (rule 4, which starts from no fact).

    Returns:
        For each cell its facts: those given first, then at most one derived fact for each value, so that a
        contradiction stays visible with both of its justifications.
    """
    known: dict[tuple[str, str, str], list[Fact]] = {}
    queue = deque(premises)
    for fact in queue:
        known.setdefault(fact.cell, []).append(fact)
    for fact in composed:
        _learn(fact, known, queue)
    counters = Counters(setting)
    while queue:
        fact = queue.popleft()
        for derived in counters.derive(fact):
            _learn(derived, known, queue)
        for rule in RULES:
            for derived in rule(fact, setting):
                _learn(derived, known, queue)
    return known


def _learn(derived: Fact, known: dict[tuple[str, str, str], list[Fact]], queue: deque[Fact]) -> None:
    """Keep a derived fact if it is new, or if it shows that an asserted one follows from the rest."""
    facts = known.setdefault(derived.cell, [])
    if not facts or all(other.value != derived.value for other in facts):
        facts.append(derived)
        queue.append(derived)
    elif not any(other.how == "derived" for other in facts) and derived.cell not in _cells_below(derived):
        facts.append(derived)


def _cells_below(fact: Fact) -> Iterator[tuple[str, str, str]]:
    """The cells of everything that a fact was derived from."""
    for premise in fact.premises:
        yield premise.cell
        yield from _cells_below(premise)


def contradictions(known: dict[tuple[str, str, str], list[Fact]]) -> list[tuple[Fact, Fact]]:
    """Return a pair of facts for every cell with facts that it holds and that it lacks."""
    pairs = []
    for facts in known.values():
        holds = next((fact for fact in facts if fact.value == "holds"), None)
        lacks = next((fact for fact in facts if fact.value == "lacks"), None)
        if holds and lacks:
            pairs.append((holds, lacks))
    return pairs


def trace(fact: Fact, indent: int = 0) -> Iterator[str]:
    """Yield the lines of a proof: the fact, its evidence, and below it its premises."""
    by = f"by the theorem {fact.theorem}" + ", read backwards" * (fact.rule == "contraposition")
    how = (by if fact.theorem else f"by {fact.rule}") if fact.how == "derived" else fact.how
    reason = f": {fact.reason}" if fact.reason else ""
    source = f" [{fact.source.paper or fact.source.deck or fact.source.url}]" if fact.source else ""
    yield f"{'  ' * indent}{fact} ({how}{reason}){source}"
    for premise in fact.premises:
        yield from trace(premise, indent + 1)
