"""Training: the one loop that `kb run --train` and experiments share.

A loop takes steps; in each of them every update lowers its loss by an optimiser of its own, once or several times. What
an entry declares (`kb.schema.training.Procedure`) is made into updates by `follow`; experiments that only lower one
loss use `descend` and `fit`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn
from torch.optim import Optimizer, lr_scheduler
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from kb.schema.training import TASK, Procedure, Schedule, Update

CLIP = 1.0
"""Gradients are shortened to this norm, which recurrent networks need and others do not notice."""
OPTIMISERS: dict[str, Callable[..., Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "sgd": torch.optim.SGD,
}
USUAL = Procedure(clip=CLIP)
"""How a network is trained whose entry says nothing else: Adam, on the loss of the task."""

Loss = Callable[[], Tensor]
Progress = Callable[[int, int, float], None]
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


@dataclass(frozen=True)
class Trained:
    """The result of following a procedure.

    Args:
        module: The trained network, or that of the averaged weights where the procedure asks for an average.
        losses: By objective, the loss that every step met.
    """

    module: nn.Module
    losses: dict[str, list[float]]


def follow(
    procedure: Procedure,
    module: nn.Module,
    task: Task,
    generator: torch.Generator,
    progress: Progress = lambda step, steps, loss: None,
) -> Trained:
    """Train a network as its entry says.

    Args:
        procedure: What the entry says.
        module: The network, with a method for every objective that the procedure names.
        task: Gives batches, the number of steps, the learning rate and, where the procedure wants it, the loss.
        generator: Draws what objectives need.
        progress: Called after every step with step, number of steps and the loss of the first update.
    """
    module.train()
    descents = [_descent(update, module, task, generator) for update in procedure.updates]
    schedules = [_scheduler(d.optimiser, procedure.schedule, task.steps) for d in descents if procedure.schedule]
    average = None
    if procedure.average is not None:
        mean: Any = get_ema_multi_avg_fn(procedure.average)  # type: ignore[no-untyped-call]
        average = AveragedModel(module, multi_avg_fn=mean, use_buffers=True)

    def after() -> None:
        for scheduler in schedules:
            scheduler.step()
        if average is not None:
            average.update_parameters(module)

    losses: list[list[float]] = []
    for found in run(descents, steps=task.steps, clip=procedure.clip, after=after):
        losses.append(found)
        progress(len(losses), task.steps, found[0])
    names = [update.objective for update in procedure.updates]
    by_objective = {name: [step[number] for step in losses] for number, name in enumerate(names)}
    return Trained(module if average is None else average.module, by_objective)


def _descent(update: Update, module: nn.Module, task: Task, generator: torch.Generator) -> Descent:
    """Make what an entry declares into an optimiser with its loss."""
    networks: Iterable[nn.Module] = [module.get_submodule(name) for name in update.networks] or [module]
    parameters = [p for network in networks for p in network.parameters() if p.requires_grad]
    arguments = {"lr": task.learning_rate} | update.arguments
    try:
        optimiser = OPTIMISERS[update.optimiser](parameters, **arguments)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the optimiser {update.optimiser!r} cannot take {arguments}: {error}") from error
    weights = {update.objective: 1.0} | update.auxiliary

    def loss() -> Tensor:
        inputs, target = task.batch()
        terms = [_value(name, module, task, inputs, target, generator) * w for name, w in weights.items()]
        return torch.stack(terms).sum()

    return Descent(loss, optimiser, update.times)


def _value(
    name: str, module: nn.Module, task: Task, inputs: dict[str, Tensor], target: Tensor, generator: torch.Generator
) -> Tensor:
    if name == TASK:
        return task.loss(module(**inputs), target)
    return objective(module, name, inputs, target, generator).mean()


def objective(
    module: nn.Module, method: str, inputs: dict[str, Tensor], target: Tensor, generator: torch.Generator
) -> Tensor:
    """Return the values of an objective; one that compares with a target takes it as `target`."""
    function: Callable[..., Tensor] = getattr(module, method)
    arguments = {"target": target} if "target" in inspect.signature(function).parameters else {}
    return function(generator=generator, **arguments, **inputs)


def _scheduler(optimiser: Optimizer, schedule: Schedule, steps: int) -> lr_scheduler.LRScheduler:
    """Rise linearly over the warm-up, then decay to zero over the rest of the steps, or stay constant."""
    rest = max(1, steps - schedule.warm_up)
    falling: lr_scheduler.LRScheduler
    if schedule.decay == "cosine":
        falling = lr_scheduler.CosineAnnealingLR(optimiser, T_max=rest)
    elif schedule.decay == "linear":
        falling = lr_scheduler.LinearLR(optimiser, 1.0, 0.0, total_iters=rest)
    else:
        falling = lr_scheduler.ConstantLR(optimiser, 1.0)
    if not schedule.warm_up:
        return falling
    rising = lr_scheduler.LinearLR(optimiser, 1 / schedule.warm_up, 1.0, total_iters=schedule.warm_up)
    return lr_scheduler.SequentialLR(optimiser, [rising, falling], milestones=[schedule.warm_up])
