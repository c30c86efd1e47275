"""Theorems: what follows from traits, for every architecture, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from kb import display
from kb.schema.common import Equation, NamedEntry, Source
from kb.schema.fields import Line, Text
from kb.schema.frozen import Frozen, Many
from kb.schema.model import BiasRef, Kind, Model

TraitValue = Literal["holds", "lacks"]


class Statement(Model):
    """That something has, or lacks, an inductive bias.

    Examples:
        >>> str(Statement(bias="causality", value="lacks"))
        'not causality'
    """

    bias: BiasRef
    value: TraitValue = "holds"

    @property
    def opposite(self) -> Statement:
        """The negation."""
        return Statement(bias=self.bias, value="lacks" if self.value == "holds" else "holds")

    def __str__(self) -> str:
        return str(self.bias) if self.value == "holds" else f"not {self.bias}"


class Converse(Model):
    """Whether the conclusion gives the premises back. Where an architecture refutes it, nothing need be said."""

    verdict: Literal["proved", "refuted", "open"]
    because: Line
    source: Source | None = None


class Theorem(NamedEntry):
    """An implication between inductive biases that is true of every function, and so of every architecture."""

    kind: ClassVar[Kind] = "theorem"

    premises: Many[Statement] = Field(min_length=1, description="What is given; all of it: [{bias: causality}].")
    conclusion: Statement
    axis: Literal["same", "any"] = Field(
        description="Whether premises and conclusion must speak of the same axes, or it does not matter of which."
    )
    proof: Text = Field(description="Why it is true: a proof, with the conditions that it needs. Markdown.")
    equations: Many[Equation] = Field(default_factory=tuple)
    symbols: Frozen[Line, Line] = Field(default_factory=Frozen)
    source: Source | None = Field(default=None, description="Where it is proved; absent: the proof is our own.")
    converse: Converse | None = None

    @model_validator(mode="after")
    def _biases_differ(self) -> Self:
        named = [str(statement.bias) for statement in (*self.premises, self.conclusion)]
        if len(set(named)) < len(named):
            raise ValueError("every premise, and the conclusion, is about a bias of its own")
        return self

    @property
    def readings(self) -> Iterator[tuple[tuple[Statement, ...], Statement]]:
        """The implication, and its contrapositives: all premises but one without the conclusion rule that one out."""
        yield tuple(self.premises), self.conclusion
        for premise in self.premises:
            others = tuple(other for other in self.premises if other is not premise)
            yield (*others, self.conclusion.opposite), premise.opposite

    @property
    def sentence(self) -> str:
        """The theorem in ids.

        Examples:
            `permutation-equivariance and causality imply locality`
        """
        premises = " and ".join(map(str, self.premises))
        return f"{premises} {'imply' if len(self.premises) > 1 else 'implies'} {self.conclusion}"

    def _described(self) -> Iterator[tuple[str, str]]:
        yield "says", display.text(self.sentence)
