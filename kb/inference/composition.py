"""Rule 4: the whole has what all of its parts preserve.

Sound for a bias that is closed under composition and under sums with shared axes (`composes` in its entry): a symmetry
whose group acts on every intermediate signal, causality, locality, sharing. If every part preserves or creates such a
bias, then so does any network of these parts. A part without a statement on the bias stops the derivation, and so does
one that breaks it; breaking is never taken to mean that the whole lacks the bias.

An invariance follows in one more way (`read_out_of`): layers that preserve the equivariance, followed by a part
that creates the invariance from it, such as global pooling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kb.inference.setting import Setting
from kb.schema import Architecture, Bias, Concept
from kb.schema.concept import Effect
from kb.traits import Fact


def derive_all(
    architectures: Mapping[str, Architecture], components: Mapping[str, Concept], setting: Setting
) -> Iterator[Fact]:
    """Yield a fact for every cell that follows from the parts of an architecture alone.

    Examples:
        A circular convolution, a rectifier and a sum each preserve translation equivariance, and so does a network of
        these.
    """
    composing = [bias for bias in setting.biases.values() if bias.composes or bias.read_out_of]
    for architecture in architectures.values():
        for variant in architecture.all_variants:
            parts = list(dict.fromkeys(str(part.component) for part in architecture.parts_of(variant)))
            effects = {part: {str(bias): effect for bias, effect in components[part].effects.items()} for part in parts}
            for bias in composing:
                if setting.applicable(architecture.id, variant, bias.id):
                    yield from _compose(architecture.id, variant, bias, effects)


def _compose(
    architecture: str, variant: str, bias: Bias, effects: Mapping[str, Mapping[str, Effect]]
) -> Iterator[Fact]:
    if bias.composes and all(_keeps(of.get(bias.id)) for of in effects.values()):
        premises = tuple(_premise(part, bias.id, of[bias.id]) for part, of in effects.items())
        reason = "every part preserves it"
        yield Fact(architecture, variant, bias.id, "holds", "derived", reason, "composition", premises)
    elif bias.read_out_of:
        chosen = {part: _kept_until_read_out(of, bias) for part, of in effects.items()}
        created = any(of.get(bias.id) and of[bias.id].effect == "creates" for of in effects.values())
        if created and all(chosen.values()):
            premises = tuple(_premise(part, name, effects[part][name]) for part, name in chosen.items() if name)
            reason = f"a trunk with {bias.read_out_of} and an invariant read-out"
            yield Fact(architecture, variant, bias.id, "holds", "derived", reason, "composition", premises)


def obstacles(
    architecture: Architecture, variant: str, bias: Bias, components: Mapping[str, Concept]
) -> Iterator[tuple[str, str]]:
    """Yield the parts that keep a composing bias from following, and what each does: it breaks it, or says nothing."""
    for part in dict.fromkeys(str(part.component) for part in architecture.parts_of(variant)) if bias.composes else ():
        effect = {str(name): effect for name, effect in components[part].effects.items()}.get(bias.id)
        if not _keeps(effect):
            yield part, f"breaks it ({effect.because})" if effect else "has no statement on it"


def _keeps(effect: Effect | None) -> bool:
    return effect is not None and effect.effect in ("preserves", "creates")


def _kept_until_read_out(effects: Mapping[str, Effect], bias: Bias) -> str | None:
    """Which of the invariance and the equivariance of the trunk a part keeps: the name, or None."""
    names = (bias.id, str(bias.read_out_of))
    return next((name for name in names if _keeps(effects.get(name))), None)


def _premise(part: str, bias: str, effect: Effect) -> Fact:
    return Fact(part, "default", bias, "holds", "asserted", f"{effect.effect} it: {effect.because}")
