"""Propagating: the size of a signal, and of a gradient, after many layers."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor


def propagate(
    weights: Sequence[Tensor], x: Tensor, gradient: Tensor, activation: Callable[[Tensor], Tensor]
) -> tuple[list[float], float]:
    """Propagate inputs through layers without biases, and a gradient back.

    Args:
        weights: The weights of every layer, `[G, F]`.
        x: Inputs of the first layer `[B, F]`.
        gradient: A gradient at the output of the last layer `[B, G]`.
        activation: The activation function after every layer.

    Returns:
        The mean squared activation of the input and of every layer, relative to the input's; and the mean squared
        gradient at the input, relative to the one at the output.

    Example:
        >>> signals, arrived = propagate([2 * torch.eye(3)] * 2, torch.ones(1, 3), torch.ones(1, 3), torch.relu)
        >>> signals, arrived
        ([1.0, 4.0, 16.0], 16.0)
    """
    h = x = x.clone().requires_grad_()
    signals = [_mean_square(h)]
    for weight in weights:
        h = activation(h @ weight.T)
        signals.append(_mean_square(h))
    (arrived,) = torch.autograd.grad(h, x, gradient)
    return [signal / signals[0] for signal in signals], _mean_square(arrived) / _mean_square(gradient)


def _mean_square(values: Tensor) -> float:
    return values.square().mean().item()
