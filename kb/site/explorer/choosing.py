"""The chooser: what is known of the data, as questions whose every answer is a condition of the explorer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from kb.knowledge_base import KnowledgeBase
from kb.problems import NoSuchEntryError
from kb.query.conditions import Condition, Has, Lacks
from kb.query.language import parse
from kb.schema import Bias, Entry


@dataclass(frozen=True)
class Answer:
    """An answer to a question about the data.

    Args:
        id: Its name in addresses.
        label: What a visitor reads.
        where: The condition that architectures must satisfy.
    """

    id: str
    label: str
    where: str


@dataclass(frozen=True)
class Question:
    """A question about the data; of `one` only a single answer can be given."""

    text: str
    answers: tuple[Answer, ...]
    one: bool = False


UNORDERED = "permutation-invariance or permutation-equivariance"
DATA = Question(
    "What is one input?",
    (
        Answer("set", "A set: its elements have no order", f"takes sequence and ({UNORDERED})"),
        Answer("sequence", "A sequence: text, a signal, steps in time", "takes sequence"),
        Answer("grid", "A grid: an image", "takes space"),
        Answer("graph", "A graph: nodes with edges", "takes node"),
        Answer("points", "Points in space", f"takes coordinate or takes sequence and ({UNORDERED})"),
        Answer("vector", "A vector of fixed length", "not takes sequence and not takes space and not takes node"),
    ),
    one=True,
)
NEEDS = (
    Question(
        "Which changes of the input must the output ignore, or follow?",
        (
            Answer("ignore-order", "Ignores the order of elements", "permutation-invariance"),
            Answer(
                "follow-order",
                "Follows the order of elements",
                "permutation-equivariance",
            ),
            Answer("nodes", "Follows the numbering of nodes", "node-permutation-equivariance"),
            Answer("shift", "Follows shifts of an image", "interior-translation-equivariance"),
            Answer("shift-exactly", "Follows shifts exactly, borders included", "translation-equivariance"),
            Answer("time-shift", "Follows shifts in time", "time-translation-equivariance"),
            Answer("quarter-turns", "Follows rotations of an image by a quarter", "rotation-equivariance"),
            Answer("mirror", "Follows mirror images", "reflection-equivariance"),
            Answer("space", "Follows rotations and shifts of space", "euclidean-equivariance"),
            Answer("ignore-space", "Ignores rotations and shifts of space", "euclidean-invariance"),
        ),
    ),
    Question(
        "How large are inputs?",
        (
            Answer("any-size", "Of any size, with the same weights", "size-generality"),
            Answer("long", "Large: the cost must grow only linearly", "linear-cost"),
            Answer("near", "Only what is near matters", "locality"),
        ),
    ),
    Question(
        "May an output depend on what comes later?",
        (
            Answer("causal", "No: it is predicted step by step", "causality"),
            Answer("both-sides", "Yes, and it has to", "bidirectional-context"),
        ),
        one=True,
    ),
    Question(
        "What must it remember?",
        (
            Answer("all", "Inputs from any distance", "unbounded-context"),
            Answer("carry", "Something over many steps, unchanged", "long-range-capacity"),
            Answer("stream", "A stream: constant memory per step", "constant-memory-per-step"),
        ),
    ),
    Question(
        "What can you afford?",
        (
            Answer("parallel", "All positions at once, no steps in sequence", "constant-sequential-depth"),
            Answer("small", "A published size of at most 5 million parameters", "at-most 5M"),
            Answer("medium", "A published size of at most 30 million parameters", "at-most 30M"),
        ),
    ),
)


@dataclass(frozen=True)
class Answered:
    """An answer with what the base says of it: who fits, and when its biases help and hurt."""

    answer: Answer
    fitting: tuple[Entry, ...]
    biases: tuple[Bias, ...]

    @property
    def query(self) -> str:
        """The address of the same question in the explorer, behind that of its page."""
        return query(self.answer.where)


@dataclass(frozen=True)
class Gap:
    """A need that no architecture for some kind of data meets, though it can be asked of them."""

    data: Answer
    need: Answer
    verdict: str
    where: str

    @property
    def query(self) -> str:
        """The address of the same question in the explorer, behind that of its page."""
        return query(self.where)


def query(where: str) -> str:
    """Return a condition as the part of an address that the explorer reads.

    Examples:
        >>> query("takes node and linear-cost")
        '?where=takes+node+and+linear-cost'
    """
    return f"?{urlencode({'where': where})}"


def questions(base: KnowledgeBase) -> list[tuple[Question, list[Answered]]]:
    """Return the questions with those of their answers that a knowledge base can speak of."""
    found = [(question, list(_answered(base, question))) for question in (DATA, *NEEDS)]
    return [(question, answers) for question, answers in found if answers]


def _answered(base: KnowledgeBase, question: Question) -> Iterator[Answered]:
    for answer in question.answers:
        condition = condition_of_base(base, answer.where)
        if condition:
            traits = (atom for atom in condition.atoms() if isinstance(atom, Has | Lacks))
            biases = tuple(base.biases[atom.name] for atom in traits)
            yield Answered(answer, tuple(base.select(where=condition)), biases)


def condition_of_base(base: KnowledgeBase, where: str) -> Condition | None:
    """Return a condition with ids in place of names; nothing where a knowledge base lacks what it is about."""
    try:
        return parse(where).resolved(base)
    except NoSuchEntryError:
        return None


def gaps(base: KnowledgeBase) -> list[Gap]:
    """Return the pairs of a kind of data and a need that no architecture meets, with the reason."""
    found = []
    for data in DATA.answers:
        kind = condition_of_base(base, data.where)
        if kind is None:
            continue
        of_kind = base.select(where=kind)
        for need in (answer for question in NEEDS for answer in question.answers):
            needed = condition_of_base(base, need.where)
            if not isinstance(needed, Has):
                continue
            applies = any(base.trait(entry.id, needed.name).value != "not-applicable" for entry in of_kind)
            if applies and not base.select(where=kind & needed):
                found.append(Gap(data, need, base.why_none(where=kind & needed).verdict, str(kind & needed)))
    return found
