"""Rules on what follows: asserted, measured and derived values agree."""

from __future__ import annotations

from collections.abc import Iterator

from kb import inference
from kb.base import Base
from kb.inference.readings import readings
from kb.problems import Problem


def scopes_fit(base: Base) -> Iterator[Problem]:
    """The premises of a theorem meet at the same weights; what is inherited or composes is said of all weights."""
    for theorem in base.theorems.values():
        if all(reading.backwards for reading in readings(theorem, base.biases)):
            statements = (*theorem.premises, theorem.conclusion)
            scopes = [f"{item} {base.biases[item.bias].scope.words}" for item in statements]
            message = f"the conclusion does not follow at the weights of the premises: {', '.join(scopes)}"
            yield base.problem(theorem.id, ("conclusion",), message)
    for bias in base.biases.values():
        for field in ("inherited", "composes"):
            if getattr(bias, field) and bias.scope.weights != "all":
                message = f"expected false: what is said {bias.scope.words} may fail for a part or a special case"
                yield base.problem(bias.id, (field,), message)


def traits_do_not_contradict(base: Base) -> Iterator[Problem]:
    """No trait both holds and lacks, by whatever it is known."""
    for holds, lacks in inference.contradictions(base.facts):
        premises = "\n".join([*inference.trace(holds, 2), *inference.trace(lacks, 2)])
        field = next((name for name, fact in (("exhibits", holds), ("lacks", lacks)) if fact.how == "asserted"), "")
        yield base.problem(holds.architecture, (field,) if field else (), f"a contradiction:\n{premises}")


def representations_do_not_contradict(base: Base) -> Iterator[Problem]:
    """Nothing both can and cannot represent another."""
    for can, cannot in base.representations.contradictions():
        premises = "\n".join(f"    {line}" for ability in (can, cannot) for line in ability.lines())
        claim = cannot.steps[-1][2]["claim"]
        yield base.problem(claim, ("relation",), f"a contradiction: {can}, and {cannot}:\n{premises}")
