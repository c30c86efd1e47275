"""Training in several processes at once, as `torchrun` starts them.

All processes draw the same batches from the same seed; each computes the loss of its part, and gradients are added up
before they are clipped. The result is that of one process, to rounding, where the loss of a batch is the mean of those
of its parts. That is tried before the first step, and where it is not so the training is refused.
"""

from __future__ import annotations

import atexit
import copy
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, distributed, nn

from kb.running.course import combined
from kb.running.randomness import Randomness
from kb.schema.training import Procedure
from kb.training import Batch, Loss, Task

TOLERANCE = 1e-5
"""Relative difference of losses that rounding may cause, in 32 bits."""
NOISE = 0.1
"""Standard deviation of what is added to the weights, where it is tried whether a batch can be shared out."""


@dataclass(frozen=True)
class Processes:
    """This process among those that train together.

    Args:
        rank: Its number.
        count: How many there are.
    """

    rank: int = 0
    count: int = 1

    @property
    def first(self) -> bool:
        """Whether it is the one that prints and writes."""
        return self.rank == 0


def join(device: torch.device) -> Processes:
    """Join the other processes, if `torchrun` has started this one, and stay with them until it ends."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return Processes()
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
        atexit.register(distributed.destroy_process_group)
    return Processes(distributed.get_rank(), distributed.get_world_size())


class Part:
    """A task of whose batches this process sees its part.

    Args:
        task: Draws the batches, the same in all processes.
        axes: By input, the axis that counts examples; inputs without one are seen by all.
        processes: Which part, of how many.

    Attributes:
        share: What share of the examples of the last batch it is.
    """

    def __init__(self, task: Task, axes: Mapping[str, int], processes: Processes) -> None:
        self.task, self.axes, self.processes, self.share = task, axes, processes, 1.0
        self.steps, self.learning_rate = task.steps, task.learning_rate

    def batch(self) -> Batch:
        """Return this process's part of the next batch."""
        batch = self.task.batch()
        part = self.parts(batch)[self.processes.rank]
        self.share = len(part[1]) / len(batch[1])
        return part

    def parts(self, batch: Batch) -> list[Batch]:
        """Return the parts of a batch, whose sizes differ by one example at most."""
        inputs, target = batch
        count = self.processes.count
        if len(target) < count:
            raise ValueError(f"a batch has {len(target)} examples, too few for {count} processes")
        cut = {name: value.tensor_split(count, self.axes[name]) for name, value in inputs.items() if name in self.axes}
        targets = target.tensor_split(count)
        return [(inputs | {name: cut[name][n] for name in cut}, targets[n]) for n in range(count)]

    def loss(self, output: Any, target: Tensor) -> Tensor:
        """Return the loss of the task."""
        return self.task.loss(output, target)

    def sharing(self, loss: Loss, parameters: list[nn.Parameter]) -> Loss:
        """Return a loss with the value and the gradients of all parts together."""

        def whole() -> Tensor:
            value = loss() * self.share
            value.backward()  # type: ignore[no-untyped-call]
            gradients = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
            reached = torch.tensor([p.grad is not None for p in parameters], device=value.device)
            flat = torch.cat([value.detach().view(1), reached.to(value.dtype), *(g.flatten() for g in gradients)])
            distributed.all_reduce(flat)
            sums = torch.split(flat[1 + len(parameters) :], [p.numel() for p in parameters])
            for parameter, count, total in zip(parameters, flat[1:], sums, strict=False):
                parameter.grad = total.view_as(parameter) if count else None
            return flat[0].clone().requires_grad_()  # the loop goes back from here, and finds no parameter

        return whole

    def check(self, procedure: Procedure, module: nn.Module, randomness: Randomness) -> None:
        """Refuse what several processes would train otherwise than one does, and leave everything as it was.

        Raises:
            ValueError: A loss is not the mean of those of the parts, or a pass changes a buffer.
        """
        if not self.axes:
            raise ValueError("a batch is a single graph, which has no parts")
        state, trial = randomness.state(), copy.deepcopy(module).train()
        try:
            self._try(procedure, trial, randomness)
        finally:
            randomness.restore(state)
        changed = [name for name, value in trial.named_buffers() if not value.equal(module.get_buffer(name))]
        if changed:
            raise ValueError(f"a pass changes {changed[0]}, of which every process would have another")

    def _try(self, procedure: Procedure, trial: nn.Module, randomness: Randomness) -> None:
        """Compare the losses of a batch with those of its parts, which draw the same random numbers."""
        batch, state = self.task.batch(), randomness.state()
        with torch.no_grad():
            for parameter in trial.parameters():  # untrained, a network may give all examples the same loss
                parameter.add_(NOISE * torch.randn_like(parameter))
            for update in procedure.updates:
                values = []
                for part in (batch, *self.parts(batch)):
                    randomness.restore(state)
                    share = len(part[1]) / len(batch[1])
                    values.append(share * float(combined(update, trial, self.task, part, randomness.noise)))
                if not abs(values[0] - sum(values[1:])) <= TOLERANCE * max(1.0, abs(values[0])):
                    raise ValueError(
                        f"the loss {update.objective!r} of a batch is not the mean of those of its parts (because of "
                        "statistics of the batch, of dropout or noise), and several would not be trained as one is"
                    )
