"""Inductive biases: what they assume, and the probe that measures them."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from kb.schema.common import NamedEntry
from kb.schema.fields import Line, Role, Text
from kb.schema.frozen import Many
from kb.schema.model import BiasRef, Kind, Model

Weights = Literal["all", "initial", "some"]
"""Which weights a bias is said of."""


class Scope(Model):
    """What `holds` means: of which weights, of what in a network, and how it is decided.

    Examples:
        >>> Scope(weights="all", of="function", decided_by="identity").words
        'for all weights'
    """

    weights: Weights = Field(
        description="What `holds` is said of: all weights, those that initialisation draws, or some weights at least."
    )
    of: Literal["function", "computation", "parameters", "interface"] = Field(
        description="What it speaks of: the outputs as a function of the inputs; how they are computed; the "
        "parameters; what can be passed in and out."
    )
    decided_by: Literal["identity", "witness", "estimate"] = Field(
        description="How `holds` is decided: by an equation, which random weights and inputs meet or break; by an "
        "example, of which one is enough; by numbers that are compared with a threshold."
    )

    axes: Literal["every", "one"] = Field(
        default="every", description="Of several axes that it acts on, along how many it has to hold: every, or one."
    )

    @property
    def words(self) -> str:
        """The scope in words, to stand beside the bias."""
        return self.words_for("holds")

    def weights_for(self, value: str) -> Weights:
        """Return of which weights a value is said: not all weights have a bias where some lack it, and vice versa."""
        lacking: dict[Weights, Weights] = {"all": "some", "some": "all", "initial": "initial"}
        return lacking[self.weights] if value == "lacks" else self.weights

    def words_for(self, value: str) -> str:
        """Return the same in words, to stand beside the value.

        Examples:
            >>> Scope(weights="all", of="function", decided_by="identity").words_for("lacks")
            'for some weights'
        """
        if self.of == "interface":
            return "by its interface"
        words = {"all": "for all weights", "initial": "at initialisation", "some": "for some weights"}
        return words[self.weights_for(value)]

    @property
    def decision(self) -> str:
        """How it is decided, in words."""
        return {"identity": "an identity", "witness": "an example", "estimate": "an estimate"}[self.decided_by]

    @property
    def draws(self) -> Literal["every", "most", "one"]:
        """How many draws must agree that it holds: one that breaks an equation refutes it, one example shows it."""
        if self.weights == "some" or self.decided_by == "witness":
            return "one"
        return "most" if self.weights == "initial" else "every"


class Bias(NamedEntry):
    """A restriction on the functions that an architecture can represent or prefers."""

    kind: ClassVar[Kind] = "bias"

    formal: Line = Field(description="LaTeX: the statement that the probe measures.")
    scope: Scope
    symmetry: Line | None = Field(default=None, description="The group, where the bias is a symmetry.")
    acts_on: Many[Role] = Field(min_length=1, description="Roles of the axes it acts on (axes.yaml).")
    axis_in: Literal["inputs", "both", "inputs-only", "pooled", "source"] = Field(
        description="Where the axis must stand for the bias to be applicable: an input; an input and an output; "
        "an input, while no output has this axis; an input, while no output has such an axis; an input, while an "
        "output has another such axis."
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
    metric: bool = Field(
        default=False,
        description="Whether it compares norms, volumes or derivatives of features, or numbers of parameters: what "
        "lacks it may have it once some of them are repeated.",
    )
    composes: bool = Field(
        default=False, description="Whether anything made of parts that preserve it has it (deduction rule 4)."
    )
    read_out_of: BiasRef | None = Field(
        default=None, description="For an invariance: the equivariance that a read-out can turn into it."
    )
    inherited: bool = Field(description="Whether it goes down `specialises`, and `stack_of` if it composes.")
    tolerance: float = Field(gt=0, lt=1e-2, description="The largest error, in float64, that counts as rounding.")

    @property
    def existential(self) -> bool:
        """Whether it says that some function of the family does something: then it goes up `special-case-of`."""
        return self.scope.weights == "some" and self.scope.of == "function"

    @property
    def probe(self) -> str:
        """The link to the probe, in the file of code that mirrors the entry's."""
        return self.beside("biases", "probe")
