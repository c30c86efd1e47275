"""Training in experiments: steps down a loss, and the loss that each of them met."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from implementations.concepts.optimiser.gradient_clipping import clip_norm_

CLIP = 1.0
"""The norm to which `teach` shortens gradients, as `kb run --train` does."""


@runtime_checkable
class Task(Protocol):
    """What a task offers for training; see `implementations/concepts/task`."""

    steps: int
    learning_rate: float

    def batch(self) -> tuple[dict[str, Tensor], Tensor]: ...  # noqa: D102
    def loss(self, output: Tensor, target: Tensor) -> Tensor: ...  # noqa: D102


def descend(
    optimiser: torch.optim.Optimizer, loss: Callable[[], Tensor], *, steps: int, clip: float | None = None
) -> list[float]:
    """Take steps down a loss.

    Args:
        optimiser: Holds the parameters that are trained.
        loss: Computes the loss anew, on a fresh batch where there are batches.
        steps: How many steps.
        clip: Norm to which the gradients of all parameters together are shortened; not at all without it.

    Returns:
        The loss before each step.

    Example:
        >>> weight = nn.Parameter(torch.tensor(1.0))
        >>> descend(torch.optim.SGD([weight], lr=0.25), lambda: weight.square(), steps=3)
        [1.0, 0.25, 0.0625]
    """
    losses = []
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    for _ in range(steps):
        optimiser.zero_grad()
        value = loss()
        value.backward()
        if clip is not None:
            clip_norm_(parameters, threshold=clip)
        optimiser.step()
        losses.append(value.item())
    return losses


def teach(network: nn.Module, task: Task, *, steps: int | None = None, rate: float | None = None) -> list[float]:
    """Train a network on a task, with the optimiser and clipping of `kb run --train`.

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


def batch_loss(network: nn.Module, task: Task) -> Callable[[], Tensor]:
    """Return a function that computes the loss on a fresh batch."""

    def loss() -> Tensor:
        inputs, target = task.batch()
        return task.loss(network(**inputs), target)

    return loss
