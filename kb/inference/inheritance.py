"""Rule 2: an inherited bias goes down `specialises` and `special-case-of`.

Sound because a bias is marked `inherited` only when it is a property of every function in the family: what holds of all
functions that the wider architecture can represent holds of the narrower one's, which are among them. Lacking a bias is
not inherited: a special case may well have more structure.
"""

from __future__ import annotations

from collections.abc import Iterator

from kb.inference.setting import Setting
from kb.schema import DEFAULT_VARIANT
from kb.traits import Fact


def derive(fact: Fact, setting: Setting) -> Iterator[Fact]:
    """Yield the same fact for the architectures directly below; the queue takes it further down."""
    if fact.value != "holds" or fact.variant != DEFAULT_VARIANT or not setting.biases[fact.bias].inherited:
        return
    for child, relation in setting.children.get(fact.architecture, ()):
        if setting.applicable(child, DEFAULT_VARIANT, fact.bias):
            because = f"{child} {'is a' if relation == 'specialises' else 'is a special case of'} {fact.architecture}"
            yield Fact(child, DEFAULT_VARIANT, fact.bias, "holds", "derived", because, "inheritance", (fact,))
