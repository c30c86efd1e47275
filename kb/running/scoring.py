"""Judging a network on data that it has not seen: a number, and what that is a number of."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from kb.running.course import objective
from kb.schema import Architecture
from kb.schema.training import Objective, Value
from kb.training import Batch, Task

DRAWS = {"objective": 10, "samples": 3}
"""Number of draws for a random score."""
WORDS: dict[Value, str] = {"exact": "", "bound": "at most ", "estimate": "about "}


class Scoring(Task, Protocol):
    """What else a task offers, to be judged by.

    Args:
        metric: What the score is, with its unit.
        higher_is_better: Which way it points.
    """

    metric: str
    higher_is_better: bool

    def test(self) -> Batch:
        """Return held-out inputs and targets."""

    def score(self, judged: Any, target: Tensor) -> float:
        """Return the score of outputs, or of samples where `judges` is `samples`."""

    def baseline(self) -> float:
        """Return the score of a trivial answer."""


@dataclass(frozen=True)
class Score:
    """A number on data that were not trained on.

    Args:
        metric: What it is a number of.
        value: The number; a mean where something is drawn.
        kind: Whether it is that, an upper bound of it, or an estimate.
        spread: The standard deviation over draws; None where nothing is drawn.
        draws: How many there were.
    """

    metric: str
    value: float
    kind: Value = "exact"
    spread: float | None = None
    draws: int = 1

    def __str__(self) -> str:
        if self.spread is None:
            return f"{self.metric} {WORDS[self.kind]}{self.value:.3g}"
        digits = max(0, 1 - math.floor(math.log10(self.spread))) if self.spread else 3
        number = f"{self.value:.{digits}f} ± {self.spread:.{digits}f}"
        return f"{self.metric} {WORDS[self.kind]}{number} over {self.draws} draws"


def score(entry: Architecture, module: nn.Module, task: Scoring, draws: int | None = None) -> Score:
    """Judge a module by what the task judges: outputs, samples, or the value of the objective that has its metric."""
    judges, (inputs, target) = getattr(task, "judges", "outputs"), task.test()
    module.eval()
    if judges == "objective":
        own = [each for each in entry.objectives if each.of == task.metric]
        if not own:
            raise ValueError(f"it is judged by {task.metric}, of which {entry.id} has no objective")
        return _of_objective(module, own[0], (inputs, target), draws)
    if judges == "samples":
        sample: Callable[..., Tensor] = module.sample  # type: ignore[assignment]
        count: int = task.count  # type: ignore[attr-defined]
        found = [task.score(sample(count, generator), target) for generator in _generators(draws or DRAWS["samples"])]
        return Score(task.metric, statistics.fmean(found), "exact", _spread(found), len(found))
    assert entry.task is not None
    with torch.no_grad():
        return Score(task.metric, task.score(module(**inputs), target), entry.task.value)


def others(entry: Architecture, module: nn.Module, task: Scoring) -> list[Score]:
    """Return what else is known of data that were not trained on: bounds of quantities that are not the score."""
    judged = task.metric if getattr(task, "judges", "outputs") == "objective" else None
    known = [each for each in entry.objectives if each.value == "bound" and each.of != judged]
    return [_of_objective(module, each, task.test()) for each in known]


def _of_objective(module: nn.Module, own: Objective, held_out: Batch, draws: int | None = None) -> Score:
    """Return the mean of an objective over examples and draws."""
    module.eval()
    with torch.no_grad():
        generators = _generators(draws or DRAWS["objective"])
        found = [float(objective(module, own.method, *held_out, generator).mean()) for generator in generators]
    return Score(own.of, statistics.fmean(found), own.value, _spread(found), len(found))


def _generators(count: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(number) for number in range(count)]


def _spread(values: list[float]) -> float | None:
    return statistics.stdev(values) if len(values) > 1 else None
