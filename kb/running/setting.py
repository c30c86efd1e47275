"""All that a training starts from: an architecture, its task, and the random numbers, made from a seed."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from kb.base import Base
from kb.measuring import count_parameters
from kb.running.closed import ClosedForm, Solution
from kb.running.course import Course
from kb.running.devices import Moved
from kb.running.once import variant_of
from kb.running.processes import Part, Processes
from kb.running.randomness import Randomness
from kb.running.scoring import Scoring, score
from kb.schema import Architecture
from kb.training import USUAL, Task


@dataclass(frozen=True)
class Setting:
    """What is trained, on what, and where.

    Args:
        entry: The architecture.
        variant: Name of the variant.
        concept: Id of the task.
        task: The task itself.
        module: The network.
        randomness: All that is drawn from.
        seed: Of the randomness.
        device: Where it is trained.
        examples: By input, the axis that counts the examples of a batch; empty where a batch is a single graph.
    """

    entry: Architecture
    variant: str
    concept: str
    task: Scoring
    module: nn.Module
    randomness: Randomness
    seed: int
    device: torch.device
    examples: dict[str, int]

    @classmethod
    def of(cls, base: Base, entry: Architecture, variant: str | None, seed: int, device: torch.device) -> Setting:
        """Make task and network, with the sizes of the variant that the entry names for the task.

        Raises:
            ValueError: The architecture has no task, or no such variant.
        """
        if entry.task is None:
            raise ValueError(f"{entry.id} names no task to train on")
        chosen = variant or entry.task.variant
        arguments = entry.all_variants[entry.task.variant].arguments | variant_of(entry, chosen).arguments
        randomness = Randomness(seed, device)
        task: Scoring = base.concepts[entry.task.concept].load()(generator=randomness.task, **entry.task.arguments)
        module: nn.Module = entry.load()(**arguments)
        examples = _examples(base, entry, chosen)
        return cls(entry, chosen, entry.task.concept, task, module, randomness, seed, device, examples)

    def untrained(self) -> float:
        """Return the score before the first step.

        Raises:
            ValueError: The variant does not fit the task.
        """
        try:
            return score(self.entry, self.module, self.task, draws=1).value
        except (RuntimeError, TypeError, ValueError, IndexError) as error:
            reason, name = str(error).partition("\n")[0], self.entry.id
            message = f"variant {self.variant!r} of {name} does not fit the task {self.concept}: {reason}"
            raise ValueError(message) from error

    def course(self, steps: int | None, processes: Processes) -> Course | Solution | None:
        """Return the training, of which no step has been taken; None where there are no parameters to train.

        Raises:
            ValueError: It cannot take so many steps, or not in several processes.
        """
        if not count_parameters(self.module):
            return None
        if isinstance(self.module, ClosedForm):
            if steps not in (None, 1):
                raise ValueError(f"{self.entry.id} is solved in one step, not in {steps}")
            return Solution(self.module, self.task)
        module, procedure, task = self.module.to(self.device), self.entry.procedure or USUAL, self._moved(self.task)
        if processes.count == 1:
            return Course(procedure, module, task, self.randomness, steps=steps)
        part = Part(task, self.examples, processes)
        try:
            part.check(procedure, module, self.randomness)
        except ValueError as error:
            raise ValueError(f"{self.entry.id} cannot be trained in {processes.count} processes: {error}") from error
        return Course(procedure, module, part, self.randomness, steps=steps, sharing=part.sharing)

    def _moved(self, task: Task) -> Task:
        return task if self.device.type == "cpu" else Moved(task, self.device)


def _examples(base: Base, entry: Architecture, variant: str) -> dict[str, int]:
    """Return by input the axis that counts the examples of a batch; of a single graph there are none."""
    batch, found = base.axes.get("batch"), {}
    for name, shape in entry.signature_of(variant).inputs.items():
        for position, letter in enumerate(shape.letters):
            if letter and batch is not None and base.axis_of(entry.id, letter) is batch:
                found[name] = position
    return found
