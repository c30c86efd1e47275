"""Networks that compute their trainable parameters from data at once, as a linear read-out can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from kb.running.course import load_module
from kb.schema.training import TASK
from kb.training import Task


@runtime_checkable
class ClosedForm(Protocol):
    """A module that fits itself to data."""

    def fit(self, *, target: Tensor, **inputs: Tensor) -> None: ...  # noqa: D102
    def __call__(self, **inputs: Tensor) -> Any: ...  # noqa: D102


class Solution:
    """A training of one step, after which all is known; used as a `kb.running.course.Course` is.

    Args:
        module: What fits itself to the data.
        task: Gives the data, and the loss.
    """

    steps = 1

    def __init__(self, module: nn.Module, task: Task) -> None:
        self.trained = module
        self._task = task
        self.losses: dict[str, list[float]] = {TASK: []}

    @property
    def done(self) -> int:
        """Whether it has been solved: 1, or 0."""
        return len(self.losses[TASK])

    @property
    def last(self) -> dict[str, float]:
        """By objective, the loss of the last step."""
        return {TASK: self.losses[TASK][-1]}

    def run(self) -> Iterator[float]:
        """Solve it, if that has not been done, and yield the loss."""
        if self.done:
            return
        assert isinstance(self.trained, ClosedForm)
        inputs, target = self._task.batch()
        self.trained.fit(**inputs, target=target)
        with torch.no_grad():
            self.losses[TASK].append(float(self._task.loss(self.trained(**inputs), target)))
        yield self.losses[TASK][0]

    def state(self) -> dict[str, Tensor]:
        """Return the weights, and the loss."""
        weights = {f"module.{name}": value for name, value in self.trained.state_dict().items()}
        return weights | {"losses": torch.tensor(self.losses[TASK], dtype=torch.float64)}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take the weights, and the loss, from what `state` returned.

        Raises:
            ValueError: It does not fit.
        """
        losses = state.get("losses", torch.zeros(()))
        if losses.dim() != 1 or len(losses) > self.steps:
            raise ValueError("the losses are not those of a single step")
        load_module(self.trained, {n.removeprefix("module."): value for n, value in state.items() if n != "losses"})
        self.losses = {TASK: [float(value) for value in losses.tolist()]}
