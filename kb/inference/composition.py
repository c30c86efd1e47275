"""Rule 4: the whole has what all of its parts preserve.

Sound for a bias that is closed under composition and under sums with shared axes (`composes` in its entry): a symmetry
whose group acts on every intermediate signal, causality, locality, sharing. If every part preserves or creates such a
bias, then so does any network of these parts. A part without a statement on the bias stops the derivation, and so does
one that breaks it; breaking is never taken to mean that the whole lacks the bias.

An invariance follows in one more way (`read_out_of`): layers that preserve the equivariance, followed by a part
that creates the invariance from it, such as global pooling.

Where a part stands matters too:

- A sub-network has the parts that are said to be in it, and those of which nothing is said.
- A part with a connection around it creates no invariance, since what goes in is added to it.
- A part that is applied again at every position of an axis keeps no symmetry of that axis: its order is singled out.
- What a part attends to needs no rule of its own. It is an input, or comes from parts that have to keep the bias too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.inference.setting import Setting
from kb.schema import Architecture, Bias, Concept
from kb.schema.architecture import Part
from kb.schema.concept import Effect
from kb.traits import Fact

Premise = tuple[str, str, Effect]
"""A component, a bias, and what the component does to it."""


def derive(architecture: Architecture, components: Mapping[str, Concept], setting: Setting) -> Iterator[Fact]:
    """Yield a fact for every cell that follows from the parts of an architecture or of a sub-network alone.

    Examples:
        A circular convolution, a rectifier and a sum each preserve translation equivariance, and so does a network of
        these.
    """
    effects = {part: effects_of(concept) for part, concept in components.items()}
    composing = [bias for bias in setting.biases.values() if bias.composes or bias.read_out_of]
    for place in architecture.places:
        parts = architecture.parts_of(place)
        for bias in composing if parts else ():
            letters = setting.acting(architecture.id, bias.id, place)
            found = _compose(parts, bias, effects, letters) if letters else None
            if found:
                reason, premises = found[0], tuple(_fact(*premise) for premise in found[1])
                yield Fact(architecture.id, place, bias.id, "holds", "derived", reason, "composition", premises)


def effects_of(component: Concept) -> dict[str, Effect]:
    """Return what a component does to biases, by their ids."""
    return {str(bias): effect for bias, effect in component.effects.items()}


def _compose(
    parts: list[Part], bias: Bias, effects: Mapping[str, Mapping[str, Effect]], letters: tuple[str, ...]
) -> tuple[str, list[Premise]] | None:
    """Return why parts together have a bias, and what each contributes; None where it does not follow."""
    if bias.composes:
        kept = [_kept(part, bias.id, effects, bias, letters) for part in parts]
        return ("every part preserves it", _once(kept)) if all(kept) else None
    trunk = str(bias.read_out_of)
    names = [
        _kept(part, bias.id, effects, bias, letters) or _kept(part, trunk, effects, bias, letters) for part in parts
    ]
    created = any(_creates(part, effects.get(str(part.component), {}).get(bias.id)) for part in parts)
    return (f"a trunk with {trunk} and an invariant read-out", _once(names)) if created and all(names) else None


def _kept(
    part: Part, name: str, effects: Mapping[str, Mapping[str, Effect]], bias: Bias, letters: tuple[str, ...]
) -> Premise | None:
    """What a part contributes, where it keeps what is named: the bias, or the equivariance of the trunk before it."""
    component = str(part.component)
    effect = effects.get(component, {}).get(name)
    return (component, name, effect) if effect and not _obstacle(part, effect, bias, letters) else None


def _creates(part: Part, effect: Effect | None) -> bool:
    return effect is not None and effect.effect == "creates" and not part.residual


def _obstacle(part: Part, effect: Effect | None, bias: Bias, letters: tuple[str, ...]) -> str:
    """Say why the bias does not pass through a part; empty where it does."""
    if effect is None:
        return "has no statement on it"
    if effect.effect not in ("preserves", "creates"):
        return f"breaks it ({effect.because})"
    if bias.symmetry and part.over in letters:
        return f"is applied again at every position of {part.over}, whose order is singled out so"
    return ""


def obstacles(
    architecture: Architecture, place: str, bias: Bias, components: Mapping[str, Concept], letters: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield the parts that keep a composing bias from following, and what each does: it breaks it, or says nothing."""
    found: dict[str, str] = {}
    for part in architecture.parts_of(place) if bias.composes else ():
        effect = effects_of(components[part.component]).get(bias.id)
        if reason := _obstacle(part, effect, bias, letters):
            found.setdefault(str(part.component), reason)
    yield from found.items()


def _once(premises: list[Premise | None]) -> list[Premise]:
    """Return the premises that there are, each component once."""
    return list({component: (component, name, effect) for component, name, effect in filter(None, premises)}.values())


def _fact(component: str, bias: str, effect: Effect) -> Fact:
    return Fact(component, "default", bias, "holds", "asserted", f"{effect.effect} it: {effect.because}")
