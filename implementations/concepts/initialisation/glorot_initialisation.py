"""Glorot initialisation: random weights whose variance suits forward and backward signals alike.

Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural networks", eq. 12
(glorot2010understanding).

Equations:
    Var[W] = 2 / (n_in + n_out)
    W ~ U[-a, a],  a = sqrt(6) / sqrt(n_in + n_out)        (the variance of U[-a, a] is a^2 / 3)

Shapes: D outputs, C inputs; further axes are kernel positions.

Peer: `torch.nn.init.xavier_uniform_(weight, gain=1)` draws from U[-a, a] with a = gain * sqrt(6 / (fan_in + fan_out)).
"""

import math

import torch
from torch import Tensor


def glorot_initialisation(weight: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
    """Fill a weight tensor in place with uniform values of variance 2 / (fan-in + fan-out).

    Args:
        weight: Weights `[D, C]` of a linear layer, or `[D, C, *kernel]` of a convolution.
        generator: Source of random numbers; the global one when absent.

    Returns:
        The same tensor.

    Raises:
        ValueError: The tensor has fewer than two axes, so that fan-in and fan-out are not defined.

    Example:
        >>> weight = glorot_initialisation(torch.empty(300, 200), generator=torch.Generator().manual_seed(0))
        >>> f"{weight.var() * (200 + 300):.1f}"
        '2.0'

    Source: glorot2010understanding, eq. 12.
    """
    if weight.dim() < 2:
        raise ValueError(f"weight (shape {tuple(weight.shape)}) must have at least two axes: outputs and inputs")
    positions = math.prod(weight.shape[2:])  # one for a linear layer
    fan_in, fan_out = weight.shape[1] * positions, weight.shape[0] * positions
    limit = math.sqrt(6 / (fan_in + fan_out))
    with torch.no_grad():
        return weight.uniform_(-limit, limit, generator=generator)
