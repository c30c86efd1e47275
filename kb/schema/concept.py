"""Concepts: components with code, phenomena, theory, settings, tasks, optimisers, questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from kb import display
from kb.schema.common import Check, Deviation, Equation, Invention, Source
from kb.schema.fields import DeckQuestion, Line, Link, Operation, Text
from kb.schema.frozen import Frozen, Many
from kb.schema.model import BiasRef, ConceptRef, Kind, Model, Ref


class Prerequisite(Model):
    """A concept to understand first, and why."""

    concept: ConceptRef
    because: Line


class Distinction(Model):
    """An entry it is often confused with, and the difference."""

    entry: Ref
    because: Line


class Usage(Model):
    """A conflicting use of the word."""

    term: Line
    meaning: Line
    source: Source | None = None
    ours: bool = Field(default=False, description="Whether this is the use we follow.")


class Cause(Model):
    """A phenomenon that this one brings about, or what remedies it."""

    entry: Ref
    because: Line
    source: Source | None = None


class Effect(Model):
    """What a component does to an inductive bias of the signal that passes through it."""

    effect: Literal["preserves", "creates", "breaks"]
    because: Line


class Concept(Invention):
    """An idea that other entries need. Its category is its folder."""

    kind: ClassVar[Kind] = "concept"

    definition: Text = Field(description="Markdown, a paragraph.")
    deck: Many[DeckQuestion] = Field(
        default_factory=tuple, description="Of a question: its numbers in the inventory of the lecture's questions."
    )
    broader: Many[ConceptRef] = Field(default_factory=tuple)
    requires: Many[Prerequisite] = Field(default_factory=tuple)
    distinct_from: Many[Distinction] = Field(default_factory=tuple)
    terminology: Many[Usage] = Field(default_factory=tuple)
    causes: Many[Cause] = Field(default_factory=tuple)
    remedied_by: Many[Cause] = Field(default_factory=tuple)
    equations: Many[Equation] = Field(default_factory=tuple)
    symbols: Frozen[Line, Line] = Field(default_factory=Frozen)
    implementation: Link | None = None
    checks: Many[Check] = Field(default_factory=tuple)
    deviations: Many[Deviation] = Field(default_factory=tuple)
    primitives: Many[Operation] = Field(
        default_factory=tuple,
        description="Library operations that stand for it in a source, such as torch.nn.functional.conv2d.",
    )
    effects: Frozen[BiasRef, Effect] = Field(default_factory=Frozen)

    @model_validator(mode="after")
    def _has_no_variants(self) -> Self:
        if any(same.variant for same in self.same_as):
            raise ValueError("only an architecture has variants: leave `variant` out")
        return self

    @property
    def category(self) -> str:
        """Component, phenomenon, theory, task and so on: the folder."""
        return self.group

    def _described(self) -> Iterator[tuple[str, str]]:
        yield "definition", display.sentence(" ".join(self.definition.split()))
