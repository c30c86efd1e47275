"""Rule 3: what a special case can represent, so can the general case; what that cannot, no special case can.

Traits: a bias marked `existential` says that some function of the family does something. Such a function of a special
case is one of the general case, so having it goes up `special-case-of`, and lacking it goes down. `specialises` is not
followed: a kind of thing need not be a subset of functions.

Relations: to represent is to contain as a set of functions (under the conditions that the claims state), so
"can represent" is transitive, and a special case is represented by its general case. If B cannot represent O, then
nothing that B can represent can represent O, and B can represent nothing that can represent O: either would let B
represent O after all. `equivalent-to` and `limit-of` may hold at single weights only: nothing is concluded from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from kb.inference.inheritance import WORDS
from kb.inference.setting import Setting
from kb.schema import DEFAULT_VARIANT
from kb.traits import Fact

if TYPE_CHECKING:
    import networkx as nx

Step = tuple[str, str, dict[str, str]]
"""What stands for what, with the relation, its condition and its claim."""


def derive(fact: Fact, setting: Setting) -> Iterator[Fact]:
    """Yield an existential trait for the general cases of what has it, and its lack for the special cases."""
    if fact.variant != DEFAULT_VARIANT or not setting.biases[fact.bias].existential:
        return
    up = fact.value == "holds"
    relatives = setting.parents if up else setting.children
    for other, relation in relatives.get(fact.architecture, ()):
        if relation == "special-case-of" and setting.applicable(other, DEFAULT_VARIANT, fact.bias):
            lower, upper = (fact.architecture, other) if up else (other, fact.architecture)
            because = f"{lower} {WORDS[relation]} {upper}"
            yield Fact(other, DEFAULT_VARIANT, fact.bias, fact.value, "derived", because, "representation", (fact,))


@dataclass(frozen=True)
class Ability:
    """Whether one entry can represent another, with the chain of relations that shows it.

    Args:
        subject: Id of the entry that represents.
        object: Id of what is to be represented.
        value: `can`, `cannot`, or `unknown`.
        steps: The relations, from the subject to the object; each says `(what, what, details)`.
    """

    subject: str
    object: str
    value: Literal["can", "cannot", "unknown"]
    steps: tuple[Step, ...] = ()

    def __str__(self) -> str:
        verb = {"can": "can represent", "cannot": "cannot represent", "unknown": "is not known to represent"}
        return f"{self.subject} {verb[self.value]} {self.object}"

    def lines(self) -> Iterator[str]:
        """Yield the proof, a relation a line, with its condition and its claim."""
        for start, end, details in self.steps:
            words = details["relation"].replace("-", " ")
            verb = f"is a {words}" if words == "special case of" else words
            yield f"{start} {verb} {end}, when {details['when']} [{details['claim']}]"


class Representations:
    """Everything that follows about what can represent what.

    Args:
        edges: The established relations: `(subject, object, details)`.
    """

    def __init__(self, edges: Iterable[Step]) -> None:
        import networkx as nx

        self.can: nx.DiGraph[str] = nx.DiGraph()
        self.cannot: list[Step] = []
        for step in edges:
            subject, object_, details = step
            match details["relation"]:
                case "special-case-of":
                    self.can.add_edge(object_, subject, step=step)
                case "can-represent":
                    self.can.add_edge(subject, object_, step=step)
                case "cannot-represent":
                    self.cannot.append(step)

    def between(self, subject: str, object_: str) -> Ability:
        """Return whether one can represent the other, by the shortest chain."""
        chain = self._chain(subject, object_)
        if chain is not None:
            return Ability(subject, object_, "can", chain)
        refuted = self._refutation(subject, object_)
        return Ability(subject, object_, "cannot" if refuted else "unknown", refuted or ())

    def of(self, subject: str) -> list[Ability]:
        """Return all that an entry can represent, nearest first, then all that it cannot."""
        import networkx as nx

        reached = nx.single_source_shortest_path_length(self.can, subject) if subject in self.can else {}
        able = [self.between(subject, other) for other in reached if other != subject]
        hopeless = {
            other: self._refutation(subject, other)
            for _, object_, _ in self.cannot
            for other in [object_, *(sorted(nx.ancestors(self.can, object_)) if object_ in self.can else ())]
        }
        unable = [Ability(subject, other, "cannot", steps) for other, steps in hopeless.items() if steps]
        return able + unable

    def derived(self, subject: str) -> list[Ability]:
        """Return those of `of` that no single claim states: they take two or more relations."""
        return [ability for ability in self.of(subject) if len(ability.steps) > 1]

    def contradictions(self) -> Iterator[tuple[Ability, Ability]]:
        """Yield the pairs that are said both to be and not to be able to represent each other."""
        for subject, object_, details in self.cannot:
            chain = self._chain(subject, object_)
            if chain is not None:
                refuted = Ability(subject, object_, "cannot", ((subject, object_, details),))
                yield Ability(subject, object_, "can", chain), refuted

    def _chain(self, subject: str, object_: str) -> tuple[Step, ...] | None:
        """The shortest way over "can represent", or None; from an entry to itself there is nothing to show."""
        import networkx as nx

        if subject == object_:
            return ()
        if subject not in self.can or object_ not in self.can:
            return None
        try:
            nodes: list[str] = nx.shortest_path(self.can, subject, object_)
        except nx.NetworkXNoPath:
            return None
        return tuple(self.can.edges[edge]["step"] for edge in pairwise(nodes))

    def _refutation(self, subject: str, object_: str) -> tuple[Step, ...] | None:
        """The shortest chain: `wide` can represent `subject`, but not `hard`, which `object_` can represent."""
        found = []
        for wide, hard, details in self.cannot:
            before, after = self._chain(wide, subject), self._chain(object_, hard)
            if before is not None and after is not None:
                found.append((*before, (wide, hard, details), *after))
        return min(found, key=len, default=None)
