"""Modules of libraries as functions of our weights."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

Weights = dict[str, Tensor]


def with_our_weights(module: nn.Module, translated: Callable[[Weights], Weights] | None = None) -> Callable[..., Any]:
    """Return a module as a function of our weights, of the mode and of the inputs; nothing is dropped in training.

    Its widths do not matter where only the weights have them, so it may be wider, and be built on the `meta` device.

    Args:
        module: The module. It changes the buffers that it is given in training mode.
        translated: From our weights to its own, by their names; without it, both have them in the same order.
    """
    names = list(module.state_dict())
    for child in module.modules():
        if isinstance(child, nn.modules.dropout._DropoutNd):
            child.p = 0.0

    def theirs(weights: Weights, *, training: bool = False, **inputs: Tensor) -> Any:
        named = translated(weights) if translated else dict(zip(names, weights.values(), strict=True))
        return torch.func.functional_call(module.train(training), named, tuple(inputs.values()))

    return theirs
