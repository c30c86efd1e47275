"""Recurring: how probes find the state that a module carries, and continue from it."""

import inspect
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.resizing import resized
from kb.probes import Axes


def state_names(module: nn.Module, axes: Axes, letter: str = "") -> list[str]:
    """Return the outputs that `forward` also takes as options; given a letter, only those without that axis."""
    taken = inspect.signature(module.forward).parameters
    optional = {name for name, parameter in taken.items() if parameter.default is None}
    return [name for name, letters in axes.outputs.items() if name in optional and not (letter and letter in letters)]


def reached(module: nn.Module, axes: Axes, generator: torch.Generator, wide: float = 1.0) -> dict[str, Tensor]:
    """Return a state as it occurs, for one example: that after a sequence whose numbers are scaled by `wide`."""
    inputs = resized(module, axes, {"B": 1}, generator)
    inputs = {name: wide * value if value.is_floating_point() else value for name, value in inputs.items()}
    outputs = run(module, inputs, axes)
    return {name: outputs[name] for name in state_names(module, axes)}


def continued(
    module: nn.Module, inputs: Mapping[str, Tensor], axes: Axes, state: Mapping[str, Tensor]
) -> dict[str, Tensor]:
    """Return the state after a sequence that starts from a given one."""
    outputs = run(module, {**inputs, **state}, axes)
    return {name: outputs[name] for name in state}
