"""The conditions that both implementations of the language are put to: those of the library and of the explorer."""

from __future__ import annotations

import random
from typing import Any

from bundled import BASE

from kb.query import why_none
from kb.query.conditions import And, Atom, Condition, Not, Or
from kb.query.language import ATOMS, parse
from kb.query.reasons import reasons
from kb.query.stated import axes_known

WRITTEN = [
    " and ".join(["(unknown causality and in recurrent or unknown causality and in convolutional)"] * 12),
    "causality", "has causality", "lacks locality", "unknown linear-cost", "not causality", "in recurrent",
    "uses gating", "causality and bidirectional-context", "locality and unbounded-context",
    "not (causality or locality)", "causality and not (uses gating or lacks locality) and since 2015",
    "Causality AND locality", "in 'Sequence transduction'",
    'has "translation equivariance" or has "Permutation invariance"',
    "uses 'softmax attention' or uses softmax-attention", "takes sequence", "takes nodes and gives nodes",
    "gives space and lacks locality", "takes time and at-most 30M", "at-least 25M and until 2016",
    "at-most 500k or at-least 1B", "trained-on digits", "since 2021", "((causality))", "not not causality",
    "a and not b", "causality or", "(causality", "causality)", "", "  ", "and", "has", "hass causality",
    "causality nad locality", "causalty", "uses convolutio", "in recurent", "takes sequense", "since abc",
    "at-most 3X", "since 15", "uses lstm", "has in", "has not", "causality android", "locality && causality",
    "'unclosed", "causality and not in attention", "takes coordinate and euclidean-equivariance",
    "in graph and unknown locality", "not has causality and not lacks causality", "causality and not causality",
    "has causality and lacks causality", "ca\u0301usality", "größe", "has 'größe'",
]  # fmt: skip


def known_names() -> dict[str, list[str]]:
    """For every verb, the names that can follow it."""
    concepts = sorted({str(part.component) for entry in BASE.architectures.values() for part in entry.parts})
    tasks = sorted({str(entry.task.concept) for entry in BASE.architectures.values() if entry.task})
    years = [str(year) for year in range(1980, 2024, 3)]
    sizes = ["500k", "3M", "30M", "1B"]
    biases, axes = list(BASE.biases), axes_known(BASE)
    families = sorted({entry.group for entry in BASE.architectures.values()})
    return {
        "has": biases, "lacks": biases, "unknown": biases, "uses": concepts, "in": families, "takes": axes,
        "gives": axes, "trained-on": tasks, "since": years, "until": years, "at-most": sizes, "at-least": sizes,
    }  # fmt: skip


def generated(number: int) -> list[str]:
    """Conditions made at random: the traits most often, up to six atoms, with and, or, not and parentheses."""
    generator, names = random.Random(0), known_names()

    def atom() -> Atom:
        verb = generator.choice(["has", "has", "has", "lacks", "lacks", *names])
        return ATOMS[verb](generator.choice(names[verb]))

    def condition(atoms: int) -> Condition:
        if atoms == 1:
            made: Condition = atom()
        else:
            left = generator.randrange(1, atoms)
            made = generator.choice([And, And, Or])(condition(left), condition(atoms - left))
        return Not(made) if generator.random() < 0.2 else made

    return [str(condition(generator.randrange(1, 7))) for _ in range(number)]


def answer(text: str) -> dict[str, Any]:
    """What the library answers, as the explorer does too."""
    try:
        condition = parse(text).resolved(BASE)
    except (KeyError, ValueError) as error:
        return {"error": str(error)}
    found = [entry.id for entry in BASE.select(where=condition)]
    result: dict[str, Any] = {
        "text": str(condition),
        "found": found,
        "verdicts": [condition.judge(BASE, entry) for entry in BASE.architectures.values()],
        "reasons": [reasons(BASE, entry, condition)[1] for entry in [*found[:3], *list(BASE.architectures)[::20]]],
    }
    if not found:
        try:
            emptiness = why_none(BASE, where=condition)
            result |= {"verdict": emptiness.verdict, "lines": list(emptiness.lines)}
        except ValueError as error:
            result |= {"verdict": "not examined", "lines": [str(error)]}
    return result
