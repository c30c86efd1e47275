"""Theorems against the matrix, scopes against a model, and deduction against a second engine."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import get_args

import clingo
import pytest
from bundled import BASE
from functions import MODULES, is_so
from small import Miniature

from kb.inference.readings import sound
from kb.premises import supported
from kb.query.recall import Recall, recall
from kb.schema import DEFAULT_VARIANT, Bias, Theorem
from kb.schema.bias import Weights
from kb.schema.theorem import Statement
from kb.traits import Fact

EACH = pytest.mark.parametrize("theorem", BASE.theorems.values(), ids=list(BASE.theorems))
NARROWER = {
    (entry_id, f"{variant}~{found.factor}"): found
    for entry_id in BASE.architectures
    for variant, found in (BASE.evidence[entry_id].widenings if entry_id in BASE.evidence else {}).items()
    if found.factor > 1
}
APART = {(architecture, place): None for architecture, place, _ in BASE.facts if "@" in place}
"""The axes of one input of several."""
PLACES = [(entry.id, place) for entry in BASE.architectures.values() for place in entry.places] + [*NARROWER, *APART]
Known = set[tuple[str, str, str, str]]


def clause(theorem: Theorem) -> frozenset[Statement]:
    """What a theorem says, as a set of statements of which one is true: it does not matter which is the conclusion."""
    return frozenset({*(premise.opposite for premise in theorem.premises), theorem.conclusion})


# Theorems


@EACH
def test_the_matrix_does_not_refute_a_theorem(theorem: Theorem) -> None:
    statements = [*theorem.premises, theorem.conclusion.opposite]

    def found(architecture: str, place: str) -> bool:
        letters = {BASE.acting(architecture, statement.bias, place) for statement in statements}
        facts = (BASE.facts.get((architecture, place, statement.bias), ()) for statement in statements)
        seen = [{fact.value for fact in each if fact.how != "derived"} for each in facts]
        met = all(statement.value in values for statement, values in zip(statements, seen, strict=True))
        return met and (theorem.axis == "any" or len(letters) == 1)

    assert [place for place in PLACES if found(*place)] == []


@EACH
def test_what_a_theorem_forbids_is_met_to_be_impossible(theorem: Theorem) -> None:
    statements = [*theorem.premises, theorem.conclusion.opposite]
    assert BASE.why_none(where=" and ".join(map(str, statements))).verdict == "impossible"


def test_no_two_theorems_say_the_same() -> None:
    clauses = {clause(theorem): theorem.id for theorem in BASE.theorems.values()}
    twice = [(theorem.id, clauses[clause(theorem)]) for theorem in BASE.theorems.values()]
    assert all(one == other for one, other in twice)


@EACH
def test_a_converse_that_an_architecture_refutes_is_not_said_to_be_proved_or_open(theorem: Theorem) -> None:
    values = [
        {statement.bias: BASE.trait(architecture, statement.bias, place).value for statement in clause(theorem)}
        for architecture, place in PLACES
    ]
    refuted = any(
        value[theorem.conclusion.bias] == theorem.conclusion.value
        and any(value[premise.bias] == premise.opposite.value for premise in theorem.premises)
        for value in values
    )
    assert not (refuted and theorem.converse and theorem.converse.verdict != "refuted")


# What no theorem is

NOT_THEOREMS = [
    ("permutation-equivariance, locality", "causality", "mean of few"),
    ("replication-invariance, locality", "causality", "mean of signs"),
    ("permutation-equivariance, size-generality", "replication-invariance", "sum"),
    ("sparsity-of-interaction, causality, fixed-size-state", "locality", "from the first"),
    ("sparsity-of-interaction", "fixed-size-state", "reversed"),
    ("sparsity-of-interaction", "not unbounded-context", "from the other side of the ring"),
    ("not locality", "unbounded-context", "from a third of the ring"),
    ("permutation-equivariance, fixed-size-state", "sparsity-of-interaction", "mean"),
    ("recurrence-over-time", "weight-sharing-over-positions", "clock"),
    ("gradient-norm-preservation-over-time, recurrence-over-time", "long-range-dependence", "unread state"),
    ("affine-dependence", "not data-dependent-connectivity", "cancelled product"),
    ("affine-dependence, norm-preservation", "gradient-norm-preservation-over-depth", "padded"),
    (
        "norm-preservation, gradient-norm-preservation-over-depth, piecewise-linearity",
        "positive-homogeneity",
        "turned round in every other shell",
    ),
    ("norm-preservation, gradient-norm-preservation-over-depth", "affine-dependence", "sizes"),
    ("finite-lipschitz-constant", "not scale-invariance", "layer normalisation"),
]
"""Implications that look true, each with a function of `functions.py` that refutes it."""


def _statement(words: str) -> Statement:
    return Statement(bias=words.removeprefix("not "), value="lacks" if words.startswith("not ") else "holds")


@pytest.mark.parametrize(("premises", "conclusion", "function"), NOT_THEOREMS)
def test_what_a_function_refutes_is_not_proved(premises: str, conclusion: str, function: str) -> None:
    refuting = [*map(_statement, premises.split(", ")), _statement(conclusion).opposite]
    assert [statement for statement in refuting if not is_so(function, statement)] == []
    assert BASE.why_none(where=" and ".join(map(str, refuting))).verdict != "impossible"


@pytest.mark.parametrize("function", MODULES)
def test_no_function_refutes_a_theorem(function: str) -> None:
    refuted = [
        theorem.id
        for theorem in BASE.theorems.values()
        if all(is_so(function, premise) for premise in theorem.premises)
        and is_so(function, theorem.conclusion.opposite)
    ]
    assert refuted == []


# Scopes

SCOPES: tuple[Weights, ...] = get_args(Weights)
MODEL = range(3)
"""Weights of a family of functions. Some of them are drawn by initialisation."""


def _is_met(scope: Weights, truths: Iterable[bool], initial: tuple[bool, ...]) -> bool:
    """Whether something is true of all weights, of the initial ones, or of some."""
    match scope:
        case "all":
            return all(truths)
        case "some":
            return any(truths)
        case "initial":
            return all(truth for truth, drawn in zip(truths, initial, strict=True) if drawn)


@cache
def _families(premises: int) -> list[tuple[tuple[bool, ...], ...]]:
    """All ways in which premises and their conclusion can be true at the weights: at each, the theorem is."""
    points = [point for point in product([False, True], repeat=premises + 1) if not all(point[:-1]) or point[-1]]
    return [tuple(zip(*family, strict=True)) for family in product(points, repeat=len(MODEL))]


@pytest.mark.parametrize("conclusion", SCOPES)
@pytest.mark.parametrize("premises", [scopes for count in (1, 2, 3) for scopes in product(SCOPES, repeat=count)])
def test_a_reading_is_sound_exactly_if_no_family_of_functions_refutes_it(
    premises: tuple[Weights, ...], conclusion: Weights
) -> None:
    drawn = [initial for initial in product([False, True], repeat=len(MODEL)) if any(initial)]
    refuted = any(
        all(_is_met(scope, truths, initial) for scope, truths in zip(premises, family, strict=False))
        and not _is_met(conclusion, family[-1], initial)
        for family in _families(len(premises))
        for initial in drawn
    )
    assert sound(premises, conclusion) is not refuted


# A second engine


def _program(given: Iterable[Fact]) -> Iterator[str]:
    """What the knowledge base states, for `deduction.lp`."""
    for theorem in BASE.theorems.values():
        yield f'theorem("{theorem.id}",{theorem.axis}).'
        yield from (f'clause("{theorem.id}","{each.bias}",{each.value}).' for each in clause(theorem))
    for bias in BASE.biases.values():
        yield from _of_bias(bias)
    for architecture, place in PLACES:
        for bias_id in BASE.biases:
            if letters := BASE.acting(architecture, bias_id, place):
                yield f'acts("{architecture}","{place}","{bias_id}","{" ".join(letters)}").'
                if len(letters) == 1:
                    yield f'single("{architecture}","{place}","{bias_id}").'
    for lower, upper, data in BASE.graph.edges(data=True):
        relation = data["relation"]
        known = relation in ("specialises", "stack-of") or (
            relation == "special-case-of" and data["claim"] in supported(BASE)
        )
        if known and {lower, upper} <= BASE.architectures.keys():
            yield f'below("{lower}","{upper}","{relation}").'
    for entry in BASE.architectures.values():
        explained = [trait for trait in entry.lacks if trait.because and trait.place == DEFAULT_VARIANT]
        yield from (f'explained("{entry.id}","{trait.bias}").' for trait in explained)
    for (architecture, place), found in NARROWER.items():
        yield f'widened("{architecture}","{place}","{found.variant}").'
        if found.copies:
            yield f'same_functions("{architecture}","{place}").'
        if found.outside:
            yield f'copied_outside("{architecture}","{place}").'
    for fact in (fact for facts in BASE.facts.values() for fact in facts):
        if fact.how == "measured" and fact.variant == DEFAULT_VARIANT:
            yield f'measured("{fact.architecture}","{fact.bias}",{fact.value}).'
    yield from (f'given("{f.architecture}","{f.variant}","{f.bias}",{f.value}).' for f in given)


def _of_bias(bias: Bias) -> Iterator[str]:
    yield f'weights("{bias.id}",{bias.scope.weights}). speaks_of("{bias.id}",{bias.scope.of}).'
    yield f'axes("{bias.id}",{bias.scope.axes}).'
    names = ("inherited", "composes", "existential", "metric")
    flags = {name: getattr(bias, name) for name in names}
    yield from (f'{name}("{bias.id}").' for name, flag in flags.items() if flag)


def _by_clingo(given: Iterable[Fact]) -> Known:
    control = clingo.Control(["--warn=none"])
    control.load(str(Path(__file__).with_name("deduction.lp")))
    control.add("base", [], "\n".join(_program(given)))
    control.ground([("base", [])])
    known: Known = set()
    with control.solve(yield_=True) as models:
        for model in models:
            for symbol in model.symbols(shown=True):
                architecture, place, bias, value = symbol.arguments
                known.add((architecture.string, place.string, bias.string, value.name))
    return known


def _by_us(facts: dict[tuple[str, str, str], list[Fact]]) -> Known:
    return {(*cell, fact.value) for cell, found in facts.items() for fact in found}


def test_another_engine_derives_the_same_matrix() -> None:
    facts = [fact for found in BASE.facts.values() for fact in found]
    given = [fact for fact in facts if fact.how != "derived" or fact.rule == "composition"]
    known = _by_us(BASE.facts)
    assert known > {(*fact.cell, fact.value) for fact in given}
    assert _by_clingo(given) == known


@pytest.mark.parametrize("seed", range(4))
def test_another_engine_derives_the_same_from_random_premises(seed: int) -> None:
    """Architectures as they are not: theorems that the matrix never needs, and contradictions, are met too."""
    generator = random.Random(seed)
    given = [
        Fact(architecture, place, bias, generator.choice(["holds", "lacks"]), "assumed")
        for architecture, place in PLACES
        for bias in BASE.biases
        if BASE.acting(architecture, bias, place) and generator.random() < 0.3
    ]
    derived = _by_us(BASE.follow(given))
    assert len(derived) > len(given)
    assert _by_clingo(given) == derived


# Recall


def test_recall_is_what_follows_of_a_bias_from_the_others(tmp_path: Path) -> None:
    small = Miniature(tmp_path)
    for bias in ("strong", "weak", "alone"):
        small.bias(bias)
    small.theorem(["strong"], "weak")
    small.architecture("a", "exhibits: [{bias: strong}, {bias: weak}]\n")
    small.architecture("b", "exhibits: [{bias: weak}]\n")
    small.architecture("c", "lacks: [{bias: weak}, {bias: strong}]\n")
    small.architecture("d", "exhibits: [{bias: strong}]\n")
    assert recall(small.load()) == {"alone": Recall(0, 0), "strong": Recall(1, 3), "weak": Recall(1, 3)}


def test_the_share_of_nothing_is_nothing() -> None:
    assert Recall(0, 0).share == 0
    assert Recall(1, 4).share == 0.25
