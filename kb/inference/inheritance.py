"""Rule 2: an inherited bias goes down `specialises`, `special-case-of` and `stack-of`, and its lack goes up.

Sound because a bias is marked `inherited` only when it is a property of every function in the family: what holds of all
functions that the wider architecture can represent holds of the narrower one's, which are among them. Hence also: where
the narrower one has a function without it, so has the wider one. Lacking a bias does not go down: a special case may
well have more structure.

A stack has what all of its layers have if the bias composes, and only then; a stack that lacks such a bias has a layer
that lacks it.

What people call a kind of something may still break a rule of it: AlexNet is a convolutional network, and its last
layers are dense. Over `specialises` a conclusion therefore yields where the narrower architecture was measured to lack
what the wider one was measured to have, and its entry says why. Exact special cases have no exceptions.
"""

from __future__ import annotations

from collections.abc import Iterator

from kb.inference.setting import Setting
from kb.schema import DEFAULT_VARIANT
from kb.traits import Fact

WORDS = {"specialises": "is a", "special-case-of": "is a special case of", "stack-of": "is a stack of"}


def derive(fact: Fact, setting: Setting) -> Iterator[Fact]:
    """Yield the same fact for the architectures directly below, or above; the queue takes it further."""
    bias = setting.biases[fact.bias]
    if fact.variant != DEFAULT_VARIANT or not bias.inherited:
        return
    down = fact.value == "holds"
    relatives = setting.children if down else setting.parents
    for other, relation in relatives.get(fact.architecture, ()):
        if setting.applicable(other, DEFAULT_VARIANT, fact.bias):
            lower, upper = (other, fact.architecture) if down else (fact.architecture, other)
            if relation == "specialises" and (lower, fact.bias) in setting.exceptions:
                continue
            if relation == "stack-of" and not bias.composes:
                continue
            because = f"{lower} {WORDS[relation]} {upper}"
            yield Fact(other, DEFAULT_VARIANT, fact.bias, fact.value, "derived", because, "inheritance", (fact,))
