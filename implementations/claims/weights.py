"""Weights: the loss of a network as a function of all its weights, along lines, curves and planes."""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn
from torch.func import functional_call


def flat(network: nn.Module) -> Tensor:
    """Return a copy of all weights of a network in one vector."""
    return nn.utils.parameters_to_vector(network.parameters()).detach().clone()


def called(network: nn.Module, vector: Tensor, x: Tensor) -> Tensor:
    """Return the output of a network at other weights, differentiable with respect to them.

    Args:
        network: The network; its own weights are unchanged.
        vector: All weights, in the order of `flat`.
        x: Inputs.

    Example:
        >>> network = nn.Linear(2, 1)
        >>> called(network, torch.ones(3), torch.zeros(1, 2)).item()
        1.0
    """
    named = list(network.named_parameters())
    pieces = vector.split([value.numel() for _, value in named])
    return functional_call(
        network, {name: piece.view_as(value) for (name, value), piece in zip(named, pieces, strict=True)}, (x,)
    )


def along(network: nn.Module, vectors: Iterable[Tensor], x: Tensor, loss: Callable[[Tensor], Tensor]) -> list[float]:
    """Return the loss at each of several vectors of weights.

    Args:
        network: The network; its own weights do not matter.
        vectors: Points of a line, a curve or a plane.
        x: Inputs.
        loss: Maps outputs to a loss.
    """
    with torch.no_grad():
        return [loss(called(network, vector, x)).item() for vector in vectors]


def line(start: Tensor, end: Tensor, points: int) -> list[Tensor]:
    """Return points at equal distances from one vector to another, both included.

    Example:
        >>> line(torch.zeros(1), torch.ones(1), 3)
        [tensor([0.]), tensor([0.5000]), tensor([1.])]
    """
    return [torch.lerp(start, end, position.item()) for position in torch.linspace(0, 1, points)]
