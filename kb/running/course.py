"""Training as an entry declares it, which can be stopped after any step and taken up again.

What an entry declares (`kb.schema.training.Procedure`) is made into optimisers, schedules and an average here; the
steps themselves are those of the one loop, `kb.training.run`.
"""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer, lr_scheduler
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from kb.running.randomness import Randomness
from kb.schema.training import TASK, Procedure, Schedule, Update
from kb.training import Batch, Descent, Loss, Task, run

OPTIMISERS: dict[str, Callable[..., Optimizer]] = {
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "sgd": torch.optim.SGD,
}

Sharing = Callable[[Loss, list[nn.Parameter]], Loss]
"""Makes a loss on a part of the batch into that on all of it, with the gradients of these parameters."""


class Course:
    """A network in training.

    Its state is a dictionary of tensors and nothing else: weights and buffers, what optimisers keep, the average of the
    weights, random states and the losses so far. Learning rates are not in it: they follow from the number of steps.

    Args:
        procedure: What the entry says.
        module: The network, with a method for every objective that the procedure names.
        task: Gives batches, the number of steps, the learning rate and, where the procedure wants it, the loss.
        randomness: The generators that are drawn from.
        steps: How many steps; as many as the task says where this is not given.
        sharing: Combines the processes that work on parts of a batch; nothing to do in a single one.
    """

    def __init__(
        self,
        procedure: Procedure,
        module: nn.Module,
        task: Task,
        randomness: Randomness,
        *,
        steps: int | None = None,
        sharing: Sharing = lambda loss, parameters: loss,
    ) -> None:
        self.module, self.steps = module, task.steps if steps is None else steps
        self._procedure, self._randomness = procedure, randomness
        self._descents = [_descent(update, module, task, randomness.noise, sharing) for update in procedure.updates]
        self._schedules = [_scheduler(d.optimiser, procedure.schedule, self.steps) for d in self._descents
                           if procedure.schedule]  # fmt: skip
        self._average: AveragedModel | None = None
        if procedure.average is not None:
            mean: Any = get_ema_multi_avg_fn(procedure.average)  # type: ignore[no-untyped-call]
            self._average = AveragedModel(module, multi_avg_fn=mean, use_buffers=True)
        self._met: list[list[float]] = []

    @property
    def done(self) -> int:
        """How many steps were taken."""
        return len(self._met)

    @property
    def trained(self) -> nn.Module:
        """The network, or that of the averaged weights where the procedure asks for an average."""
        return self.module if self._average is None else self._average.module

    @property
    def losses(self) -> dict[str, list[float]]:
        """By objective, the loss that every step met."""
        names = [update.objective for update in self._procedure.updates]
        return {name: [step[number] for step in self._met] for number, name in enumerate(names)}

    @property
    def last(self) -> dict[str, float]:
        """By objective, the loss that the last step met."""
        return dict(zip((update.objective for update in self._procedure.updates), self._met[-1], strict=True))

    def run(self) -> Iterator[float]:
        """Take the steps that are left, and yield the loss of the first update after each."""
        self.module.train()
        for met in run(self._descents, steps=self.steps - self.done, clip=self._procedure.clip, after=self._after):
            self._met.append(met)
            yield met[0]

    def _after(self) -> None:
        for scheduler in self._schedules:
            scheduler.step()
        if self._average is not None:
            self._average.update_parameters(self.module)

    def state(self) -> dict[str, Tensor]:
        """Return all that the rest of the course depends on."""
        found = {f"module.{name}": value for name, value in self.module.state_dict().items()}
        if self._average is not None:
            found |= {f"average.{name}": value for name, value in self._average.state_dict().items()}
        for number, descent in enumerate(self._descents):
            for index, kept in descent.optimiser.state_dict()["state"].items():
                found |= {f"optimiser.{number}.{index}.{key}": v for key, v in kept.items() if isinstance(v, Tensor)}
        found |= {f"random.{name}": value for name, value in self._randomness.state().items()}
        return found | {"losses": torch.tensor(self._met, dtype=torch.float64).view(-1, len(self._descents))}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Take up a course where another one stood.

        Args:
            state: What `state` returned. It may come from anywhere, so that everything in it is checked.

        Raises:
            ValueError: It does not fit: a tensor is missing, is one too many, or has another shape or type.
        """
        parts: dict[str, dict[str, Tensor]] = {}
        for name, value in state.items():
            part, _, rest = name.partition(".")
            parts.setdefault(part, {})[rest] = value
        losses = parts.pop("losses", {}).get("")
        if losses is None or losses.dim() != 2 or losses.shape[1] != len(self._descents) or len(losses) > self.steps:
            raise ValueError(f"the losses do not fit {len(self._descents)} updates in at most {self.steps} steps")
        load_module(self.module, parts.pop("module", {}))
        if self._average is not None:
            load_module(self._average, parts.pop("average", {}))
        for number, kept in _by_number(parts.pop("optimiser", {}), len(self._descents)).items():
            _load_optimiser(self._descents[number].optimiser, kept)
        self._met = [[float(value) for value in step] for step in losses.tolist()]
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Detected call of `lr_scheduler.step", UserWarning)
            for scheduler in self._schedules:
                for _ in self._met:
                    scheduler.step()
        self._randomness.restore(parts.pop("random", {}))
        if parts:
            raise ValueError(f"there is no place for {', '.join(sorted(parts))}")


def load_module(module: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Load weights and buffers, if names, shapes and types are the module's."""
    own = module.state_dict()
    if own.keys() != state.keys():
        name = min(own.keys() ^ state.keys())
        raise ValueError(f"the weight {name} is {'missing' if name in own else 'one too many'}")
    for name, value in own.items():
        _same_kind(f"the weight {name}", state[name], value)
    module.load_state_dict(dict(state))


def _by_number(state: Mapping[str, Tensor], count: int) -> dict[int, dict[tuple[int, str], Tensor]]:
    """Sort what optimisers keep: by optimiser, then by parameter and name."""
    found: dict[int, dict[tuple[int, str], Tensor]] = {number: {} for number in range(count)}
    for name, value in state.items():
        parts = re.fullmatch(r"(\d{1,9})\.(\d{1,9})\.(\w+)", name, re.ASCII)
        if parts is None or int(parts[1]) not in found:
            raise ValueError(f"there is no place for optimiser.{name}")
        found[int(parts[1])][int(parts[2]), parts[3]] = value
    return found


def _load_optimiser(optimiser: Optimizer, kept: Mapping[tuple[int, str], Tensor]) -> None:
    """Load what an optimiser keeps of parameters: nothing, or all that it does keep of one."""
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for (index, key), value in kept.items():
        if index >= len(parameters):
            raise ValueError(f"an optimiser has {len(parameters)} parameters, and not number {index}")
        state.setdefault(index, {})[key] = value
    for index, values in state.items():
        expected = _kept_of(optimiser, parameters[index])
        if expected.keys() != values.keys():
            raise ValueError(f"an optimiser keeps {', '.join(sorted(expected))} of a parameter, not {sorted(values)}")
        for key, value in values.items():
            _same_kind(f"{key} of an optimiser", value, expected[key])
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def _kept_of(optimiser: Optimizer, parameter: nn.Parameter) -> dict[str, Tensor]:
    """Return what such an optimiser keeps of such a parameter, from a step of another one on a copy."""
    copy = nn.Parameter(torch.zeros_like(parameter))
    copy.grad = torch.zeros_like(parameter)
    taken = inspect.signature(type(optimiser)).parameters  # AdamW has one default more than it takes
    other = type(optimiser)([copy], **{name: value for name, value in optimiser.defaults.items() if name in taken})
    other.step()
    return {key: value for key, value in other.state[copy].items() if isinstance(value, Tensor)}


def _same_kind(what: str, value: Tensor, expected: Tensor) -> None:
    if value.shape != expected.shape or value.dtype != expected.dtype:
        kinds = [f"{list(tensor.shape)} of {str(tensor.dtype).removeprefix('torch.')}" for tensor in (expected, value)]
        raise ValueError(f"{what} should be {kinds[0]} and is {kinds[1]}")


def _descent(update: Update, module: nn.Module, task: Task, noise: torch.Generator, sharing: Sharing) -> Descent:
    """Make what an entry declares into an optimiser with its loss."""
    networks: Iterable[nn.Module] = [module.get_submodule(name) for name in update.networks] or [module]
    parameters = [p for network in networks for p in network.parameters() if p.requires_grad]
    arguments = {"lr": task.learning_rate} | update.arguments
    try:
        optimiser = OPTIMISERS[update.optimiser](parameters, **arguments)
    except (TypeError, ValueError) as error:
        raise ValueError(f"the optimiser {update.optimiser!r} cannot take {arguments}: {error}") from error

    def loss() -> Tensor:
        return combined(update, module, task, task.batch(), noise)

    return Descent(sharing(loss, parameters), optimiser, update.times)


def combined(update: Update, module: nn.Module, task: Task, batch: Batch, noise: torch.Generator) -> Tensor:
    """Return the loss of an update on a batch: its objective, and the auxiliary ones with their weights."""
    weights = {update.objective: 1.0} | update.auxiliary
    return torch.stack([_value(name, module, task, *batch, noise) * w for name, w in weights.items()]).sum()


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
