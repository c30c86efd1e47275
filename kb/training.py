"""Training: the one loop that `kb run --train` and experiments share.

A loop takes steps; in each of them every update lowers its loss by an optimiser of its own, once or several times. What
an entry declares is made into updates by `kb.running.course`; experiments that only lower one loss use `descend` and
`fit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from kb.schema.training import Procedure

CLIP = 1.0
"""Gradients are shortened to this norm, which recurrent networks need and others do not notice."""
USUAL = Procedure(clip=CLIP)
"""How a network is trained whose entry says nothing else: Adam, on the loss of the task."""

Loss = Callable[[], Tensor]
Batch = tuple[dict[str, Tensor], Tensor]


@runtime_checkable
class Task(Protocol):
    """What a task offers for training; see `implementations/concepts/task`.

    Args:
        steps: Steps of training.
        learning_rate: That of Adam, where a procedure names none.
    """

    steps: int
    learning_rate: float

    def batch(self) -> Batch:
        """Return inputs by name, and the target."""

    def loss(self, output: Any, target: Tensor) -> Tensor:
        """Return what training lowers. Tasks without it are for networks that have objectives of their own."""


@dataclass(frozen=True)
class Descent:
    """An optimiser with its loss, and how often they take turns in a step."""

    loss: Loss
    optimiser: Optimizer
    times: int = 1

    @property
    def parameters(self) -> list[nn.Parameter]:
        """What it changes."""
        return [parameter for group in self.optimiser.param_groups for parameter in group["params"]]


def run(
    descents: Sequence[Descent], *, steps: int, clip: float | None = None, after: Callable[[], None] = lambda: None
) -> Iterator[list[float]]:
    """Take steps, and yield after each the losses that its updates met.

    Args:
        descents: What is done in a step, in order.
        steps: How many steps.
        clip: Norm to which the gradients of all parameters of an update together are clipped; no clipping without it.
        after: Called at the end of every step.
    """
    for _ in range(steps):
        losses = []
        for descent in descents:
            for _ in range(descent.times):
                descent.optimiser.zero_grad()
                value = descent.loss()
                value.backward()  # type: ignore[no-untyped-call]
                if clip is not None:
                    nn.utils.clip_grad_norm_(descent.parameters, clip)
                descent.optimiser.step()
            losses.append(value.item())
        after()
        yield losses


def descend(optimiser: Optimizer, loss: Loss, *, steps: int, clip: float | None = None) -> list[float]:
    """Take steps down a loss.

    Args:
        optimiser: Holds the parameters that are trained.
        loss: Computes the loss, on a fresh batch where there are batches.
        steps: How many steps.
        clip: Norm to which the gradients of all parameters together are clipped; no clipping without it.

    Returns:
        The loss before each step.

    Example:
        >>> weight = nn.Parameter(torch.tensor(1.0))
        >>> descend(torch.optim.SGD([weight], lr=0.25), lambda: weight.square(), steps=3)
        [1.0, 0.25, 0.0625]
    """
    return [losses[0] for losses in run([Descent(loss, optimiser)], steps=steps, clip=clip)]


def fit(network: nn.Module, task: Task, *, steps: int | None = None, rate: float | None = None) -> list[float]:
    """Train a network on a task in the usual way.

    Args:
        network: Takes the inputs of the task by their names.
        task: Gives batches and the loss.
        steps: How many steps; as many as the task says where this is not given.
        rate: Learning rate of Adam; that of the task where this is not given.

    Returns:
        The loss before each step.
    """
    optimiser = torch.optim.Adam(network.parameters(), lr=task.learning_rate if rate is None else rate)
    return descend(optimiser, batch_loss(network, task), steps=task.steps if steps is None else steps, clip=CLIP)


def batch_loss(network: nn.Module, task: Task) -> Loss:
    """Return a function that computes the loss on a fresh batch."""

    def loss() -> Tensor:
        inputs, target = task.batch()
        return task.loss(network(**inputs), target)

    return loss
