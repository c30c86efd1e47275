"""Stacking: deep networks of equal layers, with shortcuts or without, to measure the effect of depth on training."""

import torch
from torch import Tensor, nn

from implementations.concepts.component.residual_connection import ResidualConnection
from implementations.concepts.component.skipinit import SkipInit
from implementations.concepts.initialisation.he_initialisation import he_initialisation


class Stack(nn.Sequential):
    """Layers one after the other, called like the architectures: with `x`."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the output of the last layer."""
        return super().forward(x)


def layer(width: int, *, normalise: bool, shortcut: bool = True, skipinit: bool = False) -> nn.Module:
    """Return batch normalisation, if any, a rectifier and a linear map, with an optional shortcut and scalar.

    Args:
        width: Number of input and of output features.
        normalise: Whether batch normalisation comes first.
        shortcut: Whether the input is added to the output.
        skipinit: Whether a scalar that starts at zero comes last.
    """
    norm: list[nn.Module] = [nn.BatchNorm1d(width)] if normalise else []
    branch: nn.Module = nn.Sequential(*norm, nn.ReLU(), linear(width, width))
    branch = SkipInit(branch=branch) if skipinit else branch
    return ResidualConnection(branch=branch) if shortcut else branch


def linear(inputs: int, outputs: int) -> nn.Linear:
    """Return a linear map by He's rule, without a bias to start with."""
    made = nn.Linear(inputs, outputs)
    he_initialisation(made.weight)
    nn.init.zeros_(made.bias)
    return made


def stack(depth: int, *, inputs: int, width: int, outputs: int, seed: int, **form: bool) -> Stack:
    """Return a linear map, a number of layers of one form, a rectifier and a linear map.

    Args:
        depth: Number of layers between the first and the last.
        inputs: Number of input features.
        width: Features of all layers.
        outputs: Number of output features.
        seed: Seed of the weights.
        form: Further arguments of `layer`.

    Example:
        >>> stack(3, inputs=4, width=8, outputs=2, seed=0, normalise=False)(torch.zeros(5, 4)).shape
        torch.Size([5, 2])
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers = [layer(width, **form) for _ in range(depth)]
        return Stack(linear(inputs, width), *layers, nn.ReLU(), linear(width, outputs))
