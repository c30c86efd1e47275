"""Uniform gate initialisation: biases such that the gates of a layer start uniformly spread over their range.

Source: Gu et al. 2020, "Improving the gating mechanism of recurrent neural networks", eq. 12 (gu2020gating).

Equations:
    b = -log(1 / u - 1),  u uniform on [1/U, 1 - 1/U],  so that  sigmoid(b) = u

Shapes: U units.
"""

import torch
from torch import Tensor


def uniform_gate_(bias: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
    """Fill the bias of a gate in place, so that the gate is uniform over the units where its other inputs are zero.

    Args:
        bias: Bias `[U]` of the gate.
        generator: Source of random numbers; the global one when absent.

    Returns:
        The same tensor.

    Raises:
        ValueError: The tensor is not a vector of at least two numbers.

    Example:
        >>> gate = torch.sigmoid(uniform_gate_(torch.empty(1000)))
        >>> bool(gate.min() < 0.02) and bool(gate.max() > 0.98)
        True

    Source: gu2020gating, eq. 12.
    """
    if bias.dim() != 1 or len(bias) < 2:
        raise ValueError(f"bias (shape {tuple(bias.shape)}) must be a vector of at least two numbers")
    edge = 1 / len(bias)
    share = torch.empty_like(bias, requires_grad=False).uniform_(edge, 1 - edge, generator=generator)
    with torch.no_grad():
        return bias.copy_(-torch.log(1 / share - 1))
