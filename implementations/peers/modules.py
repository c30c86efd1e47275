"""Modules of libraries as functions of our weights."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

Weights = dict[str, Tensor]


def with_our_weights(module: nn.Module, translated: Callable[[Weights], Weights] | None = None) -> Callable[..., Any]:
    """Return a module as a function of our weights, the mode and the inputs; there is no dropout in training.

    Its widths do not matter if only the weights depend on them, so it may be wider, and be built on the `meta` device.

    Args:
        module: The module. It changes the buffers that it is given in training mode.
        translated: Maps our weights to its own, by name; without it, both have their weights in the same order.
    """
    names = list(module.state_dict())
    for child in module.modules():
        if isinstance(child, nn.modules.dropout._DropoutNd):
            child.p = 0.0

    def theirs(weights: Weights, *, training: bool = False, **inputs: Tensor) -> Any:
        named = translated(weights) if translated else dict(zip(names, weights.values(), strict=True))
        return torch.func.functional_call(module.train(training), named, tuple(inputs.values()))

    return theirs
