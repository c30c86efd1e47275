"""Inductive biases: what they assume, and the probe that measures them."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from kb.schema.common import BiasRef, Kind, Model, NamedEntry
from kb.schema.fields import Line, Role, Text


class Consequence(Model):
    """Another bias that follows from this one, or cannot hold beside it."""

    bias: BiasRef
    because: Line


class Bias(NamedEntry):
    """A restriction on the functions that an architecture can represent or prefers."""

    kind: ClassVar[Kind] = "bias"

    formal: Line = Field(description="LaTeX: the statement that the probe measures.")
    symmetry: Line | None = Field(default=None, description="The group, where the bias is a symmetry.")
    acts_on: list[Role] = Field(min_length=1, description="Roles of the axes it acts on (axes.yaml).")
    axis_in: Literal["inputs", "both", "inputs-only"] = Field(
        description="Where the axis must stand for the bias to be applicable: an input; an input and an output; "
        "an input and no output."
    )
    least_axes: int = Field(
        default=1, ge=1, le=26, description="How many such axes there must be: a rotation of the plane needs two."
    )
    of_state: bool = Field(
        default=False,
        description="Whether it concerns a state that is passed on: an optional input that is also an output.",
    )
    assumes: Text
    helps_when: Text
    hurts_when: Text
    implies: list[Consequence] = Field(default_factory=list)
    excludes: list[Consequence] = Field(default_factory=list)
    composes: bool = Field(
        default=False, description="Whether anything made of parts that preserve it has it (deduction rule 4)."
    )
    read_out_of: BiasRef | None = Field(
        default=None, description="For an invariance: the equivariance that a read-out can turn into it."
    )
    inherited: bool = Field(description="Whether it goes down `specialises`, and `stack_of` if it composes.")
    existential: bool = Field(
        default=False,
        description="Whether it says that some function of the family does something, not that all do: then it goes up "
        "`special-case-of`, and its lack goes down (deduction rule 3).",
    )
    tolerance: float = Field(gt=0, lt=1e-2, description="The largest error, in float64, that counts as rounding.")

    @property
    def probe(self) -> str:
        """The link to the probe, in the file of code that mirrors the entry's."""
        return self.beside("biases", "probe")
