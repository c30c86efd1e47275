"""Traits: what is known of an (architecture, bias) cell, and the evidence for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from kb.schema import DEFAULT_VARIANT, NARROWER, Architecture, Bias, Source, Trait
from kb.schema.theorem import TraitValue

Value = TraitValue
How = Literal["asserted", "measured", "derived", "assumed"]


@dataclass(frozen=True)
class Fact:
    """A trait value with its justification.

    Args:
        architecture: Id of the architecture.
        variant: Name of the variant; `default` is the constructor without arguments.
        bias: Id of the inductive bias.
        value: `holds` or `lacks`.
        how: Asserted in the entry, measured by the probe, derived by a rule, or assumed to see what would follow.
        reason: The assertion's reason, the measured error, or the rule's sentence.
        rule: The name of the rule, for a derived fact.
        premises: The facts that a rule started from.
        source: Where an assertion can be checked.
        theorem: Id of the theorem, where one was used.
    """

    architecture: str
    variant: str
    bias: str
    value: Value
    how: How
    reason: str = ""
    rule: str = ""
    premises: tuple[Fact, ...] = ()
    source: Source | None = None
    theorem: str = ""

    @property
    def id(self) -> str:
        """What no other fact is called: its cell, its value and the kind of evidence.

        Examples:
            >>> Fact("lstm", "default", "causality", "holds", "measured").id
            'lstm/default/causality/holds/measured'
        """
        return "/".join((*self.cell, self.value, self.how))

    @property
    def cell(self) -> tuple[str, str, str]:
        """The cell that the fact is about."""
        return self.architecture, self.variant, self.bias

    def __str__(self) -> str:
        place, _, times = self.variant.partition(NARROWER)
        variant = "" if place == DEFAULT_VARIANT else f" ({place}{f', {times} times as narrow' if times else ''})"
        verb = "has" if self.value == "holds" else "lacks"
        return f"{self.architecture}{variant} {verb} {self.bias}"


@dataclass(frozen=True)
class Cell:
    """What is known of one trait of one variant. More than one fact may say the same."""

    architecture: str
    variant: str
    bias: str
    value: Literal["holds", "lacks", "unknown", "not-applicable"]
    facts: tuple[Fact, ...] = ()

    @property
    def how(self) -> tuple[How, ...]:
        """How the value is known, best first: measured, asserted, derived."""
        order: tuple[How, ...] = ("measured", "asserted", "derived")
        return tuple(how for how in order if any(fact.how == how for fact in self.facts))


def acting_letters(
    bias: Bias, inside: Iterable[str], outside: Iterable[str], carries_state: bool, roles: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the axis letters of a signature that a bias acts on; none where it is not applicable.

    Args:
        bias: The bias, with the axis roles that it acts on and where the axis must stand.
        inside: The letters of the inputs.
        outside: The letters of the outputs.
        carries_state: Whether the signature takes a state and returns it.
        roles: Letter to role, from `axes.yaml`.

    Examples:
        A pooled image classifier maps `[B, C, H, W]` to `[B, K]`: translation invariance acts on `("H", "W")`,
        and translation equivariance, which needs the axis in an output too, does not apply.
    """
    acting = tuple(letter for letter in inside if roles.get(letter) in bias.acts_on)
    met = {letter for letter in outside if roles.get(letter) in bias.acts_on}
    if bias.axis_in == "both":
        acting = tuple(letter for letter in acting if letter in met)
    elif bias.axis_in == "inputs-only":
        acting = tuple(letter for letter in acting if letter not in met)
    elif bias.axis_in == "pooled" and met:
        acting = ()
    elif bias.axis_in == "source":
        acting = tuple(letter for letter in acting if met and letter not in met)
    enough = len(acting) >= bias.least_axes and (carries_state or not bias.of_state)
    return acting if enough else ()


@dataclass(frozen=True)
class Axes:
    """The axes of a variant's inputs and outputs, whether it carries a state, and the role of every axis."""

    inside: tuple[str, ...]
    outside: tuple[str, ...]
    carries_state: bool
    roles: tuple[tuple[str, str], ...]


class Acting(dict[str, tuple[str, ...]]):
    """From the id of a bias to the axes that it acts on, for all variants that have the same axes.

    Deduction asks for them at every step, and thousands of architectures have few different signatures.

    Args:
        biases: All biases by id.
        axes: The axes of a signature.
        only: The axes that count, joined by dashes; all, where it is empty.
    """

    def __init__(self, biases: Mapping[str, Bias], axes: Axes, only: str) -> None:
        self._biases, self._axes, self._only = biases, axes, only.split("-") if only else axes.inside

    def __missing__(self, bias: str) -> tuple[str, ...]:
        axes = self._axes
        letters = acting_letters(self._biases[bias], axes.inside, axes.outside, axes.carries_state, dict(axes.roles))
        self[bias] = found = tuple(letter for letter in letters if letter in self._only)
        return found


def asserted(architecture: Architecture) -> list[Fact]:
    """Return the facts that an entry asserts."""

    def facts(traits: Iterable[Trait], value: Value) -> list[Fact]:
        return [
            Fact(
                architecture=architecture.id,
                variant=trait.place,
                bias=str(trait.bias),
                value=value,
                how="asserted",
                reason=trait.because or "",
                source=trait.source,
            )
            for trait in traits
        ]

    return facts(architecture.exhibits, "holds") + facts(architecture.lacks, "lacks")
