"""What the home page asks: questions of several kinds, with the answers of this base and where they come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kb.knowledge_base import KnowledgeBase
from kb.schema import Claim
from kb.site.comparing import Comparing
from kb.site.explorer.choosing import condition_of_base, query

CONDITIONS = {
    "Which never look ahead, and keep a memory of constant size?": "causality and constant-memory-per-step",
    "Which treat a graph alike however its nodes are numbered, at linear cost?": (
        "node-permutation-equivariance and linear-cost"
    ),
    "Can an architecture be local, and yet see everything?": "locality and unbounded-context",
}
"""A question and the condition of the explorer that answers it."""
PAIRS = {("lstm", "gru"): "What sets {} and {} apart?", ("gcn", "gat"): "What sets {} and {} apart?"}
WAYS = {("mlp", "gat"): "What leads from {} to {}?"}
NAMED = 4
"""Answers that are named; the rest are counted."""
FAILED = 4
"""Claims that did not hold up and are named."""


@dataclass(frozen=True)
class Example:
    """A question with its answer in a few words, and the page with the whole answer."""

    question: str
    answer: str
    page: str


def examples(base: KnowledgeBase, comparing: Comparing) -> list[Example]:
    """Return those of the questions that a knowledge base can speak of, with their answers."""
    return [*_selected(base), *_compared(comparing), *_led(comparing)]


def failed(base: KnowledgeBase) -> list[Claim]:
    """Return claims that experiments refuted: what a reader would not have expected."""
    records = ((claim, base.evidence.get(claim.id)) for claim in base.claims.values())
    measured = ((claim, record.claim) for claim, record in records if record and record.claim)
    return [claim for claim, found in measured if found.verdict == "refuted"][:FAILED]


def _selected(base: KnowledgeBase) -> Iterator[Example]:
    for question, where in CONDITIONS.items():
        condition = condition_of_base(base, where)
        if condition is None:
            continue
        found = [entry.title for entry in base.select(where=condition)]
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        impossible = not found and base.why_none(where=condition).verdict == "impossible"
        answer = ", ".join(found[:NAMED]) + more or (
            "No: a proof shows that none can be" if impossible else "None here"
        )
        yield Example(question, answer, f"explore/{query(where)}")


def _compared(comparing: Comparing) -> Iterator[Example]:
    base = comparing.base
    for pair, question in PAIRS.items():
        if not base.architectures.keys() >= set(pair):
            continue
        rows = [base.biases[row.what].name for row in comparing.compare(pair)["traits"].rows if row.opposed]
        answer = ", ".join(rows[:NAMED]) or "No trait, but its parts and equations"
        yield Example(_named(base, question, pair), answer, comparing.place(*pair))


def _led(comparing: Comparing) -> Iterator[Example]:
    base = comparing.base
    for pair, question in WAYS.items():
        if not base.architectures.keys() >= set(pair):
            continue
        (chain,) = comparing.compare(pair).history
        if chain.hops:
            answer = ", ".join(f"{hop.relation} {base[hop.end].title}" for hop in chain.hops)
            yield Example(_named(base, question, pair), answer, f"explore/?view=map&at={pair[0]}&to={pair[1]}")


def _named(base: KnowledgeBase, question: str, pair: tuple[str, str]) -> str:
    return question.format(*(base[each].title for each in pair))
