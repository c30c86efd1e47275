"""Where a network is trained: on the processor, or on a device that this machine has."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from kb.training import Batch, Task


def named(name: str) -> torch.device:
    """Return the device of a name such as `cpu`, `cuda` or `cuda:1`.

    Raises:
        ValueError: There is no such kind of device, or none on this machine.
    """
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ValueError(f"unknown device {name!r}: expected cpu, cuda, cuda:1 or mps") from error
    counts = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}
    if device.type not in counts:
        raise ValueError(f"{device.type!r} is no device to train on: expected cpu, cuda, cuda:1 or mps")
    if (device.index or 0) >= counts[device.type]:
        there = counts[device.type] or "none"
        raise ValueError(f"this machine has no device {name}: PyTorch finds {there} of the kind {device.type!r}")
    return device


class Moved:
    """A task whose batches are on a device.

    Args:
        task: Draws the batches.
        device: Where they are moved to.
    """

    def __init__(self, task: Task, device: torch.device) -> None:
        self._task, self._device = task, device
        self.steps, self.learning_rate = task.steps, task.learning_rate

    def batch(self) -> Batch:
        """Return inputs and targets on the device."""
        inputs, target = self._task.batch()
        return {name: value.to(self._device) for name, value in inputs.items()}, target.to(self._device)

    def loss(self, output: Any, target: Tensor) -> Tensor:
        """Return the loss of the task."""
        return self._task.loss(output, target)
