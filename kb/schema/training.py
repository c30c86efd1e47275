"""How an architecture is trained and sampled: objectives, what is random, and the procedure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Tag

from kb.schema.common import Source
from kb.schema.fields import Argument, Count, Id, Line, PythonName, by_type
from kb.schema.frozen import Frozen, Many
from kb.schema.model import ConceptRef, Model

Value = Literal["exact", "bound", "estimate"]
"""What a number is of the quantity that it is compared by: the quantity itself, an upper bound of it, or a guess."""
Times = Annotated[
    Annotated[Count, Tag("int")] | Annotated[PythonName, Tag("str")], by_type("a number or a constructor argument")
]
TASK = "task"
"""In place of an objective's method: the loss of the task."""


class Objective(Model):
    """A training objective, computed by a method `(*, generator, **inputs) -> values, one for each example`."""

    name: Line
    method: PythonName
    of: Line = Field(
        description="The quantity that it measures, with its unit, such as: negative log-likelihood in nats."
    )
    value: Value = Field(description="Whether its mean is that quantity, an upper bound of it, or an estimate.")
    latex: Line
    source: Source | None = None


class Stochastic(Model):
    """An output that is random, and what it depends on. The noise is an input, so that `forward` is a function."""

    output: PythonName
    given: Many[PythonName] = Field(description="The inputs that it depends on beside the noise; maybe none.")
    noise: PythonName = Field(description="The input that is drawn where it is not given.")
    distribution: Line


class Sampling(Model):
    """How the method `sample(count, generator)` draws."""

    how: Line
    steps: Times = Field(description="Passes through a network for one sample, or the argument that says it.")
    source: Source | None = None


class Update(Model):
    """One optimiser: which loss it minimises, over which parameters, and how often in a step of training."""

    objective: PythonName = Field(description="The method of an objective, or `task` for the loss of the task.")
    auxiliary: Frozen[PythonName, float] = Field(
        default_factory=Frozen, description="Methods of objectives that are added, and their weights."
    )
    networks: Many[PythonName] = Field(default_factory=tuple, description="Whose parameters; all, where none is named.")
    optimiser: Literal["adam", "adamw", "adagrad", "rmsprop", "sgd"] = "adam"
    arguments: Frozen[PythonName, Argument] = Field(
        default_factory=Frozen, description="Of the optimiser; the task's learning rate, where `lr` is not given."
    )
    times: int = Field(default=1, ge=1, le=100)

    @property
    def words(self) -> str:
        """The optimiser with its arguments."""
        names = {
            "adam": "Adam",
            "adamw": "AdamW",
            "adagrad": "Adagrad",
            "rmsprop": "RMSprop",
            "sgd": "gradient descent",
        }
        given = ", ".join(f"{name} {value}" for name, value in self.arguments.items())
        return f"{names[self.optimiser]} ({given})" if given else names[self.optimiser]


class Schedule(Model):
    """How learning rates change over the steps."""

    warm_up: Count = Field(default=0, description="Steps over which they rise evenly to their full size.")
    decay: Literal["none", "cosine", "linear"] = "none"


class Procedure(Model):
    """How training goes, step by step; declared here and run by the one loop in `kb.training`."""

    updates: Many[Update] = Field(default_factory=lambda: (Update(objective=TASK),), min_length=1)
    schedule: Schedule | None = None
    average: float | None = Field(
        default=None, gt=0, lt=1, description="Decay of the moving average of the weights, which is what is scored."
    )
    clip: float | None = Field(default=None, gt=0, description="The norm to which gradients are clipped.")
    teacher_forcing: bool = Field(
        default=False, description="Whether previous elements are those of the target, in training and in the score."
    )
    source: Source | None = None


class Training(Model):
    """The task that `kb run --train` trains it on."""

    concept: ConceptRef
    variant: Id
    arguments: Frozen[PythonName, Argument] = Field(
        default_factory=Frozen, description="Arguments of the task's constructor."
    )
    value: Value = Field(
        default="exact", description="Whether the score is what the task's metric says, a bound of it, or an estimate."
    )
