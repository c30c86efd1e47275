"""Adaptive gradient clipping: the gradient of a unit is at most a fixed share of the unit's weights.

Source: Brock et al. 2021, "High-performance large-scale image recognition without normalization" (brock2021high).

Equations:
    g[i] <- factor max(|w[i]|, epsilon) g[i] / |g[i]|   if |g[i]| > factor max(|w[i]|, epsilon)
    |.|: Euclidean norm over the weights of unit i, which are row i of a matrix or filter i of a convolution

Shapes: any; the first axis of a parameter with two axes or more counts its units.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn


def unit_norms(values: Tensor) -> Tensor:
    """Return the norm of every unit, shaped to be multiplied with the values; that of the whole for a vector."""
    axes = tuple(range(1, values.dim())) or None
    return torch.linalg.vector_norm(values, dim=axes, keepdim=True)


@torch.no_grad()
def clip_adaptively_(parameters: Iterable[nn.Parameter], *, factor: float = 0.01, epsilon: float = 1e-3) -> None:
    """Shorten gradients in place, unit by unit; parameters without a gradient are unchanged.

    Args:
        parameters: All but those of the last layer, as the authors do.
        factor: Largest share of the norm of the weights.
        epsilon: Least norm of weights in this comparison, so that weights at zero can change.

    Raises:
        ValueError: The factor or epsilon is not positive.

    Example:
        >>> weight = nn.Parameter(torch.tensor([[3.0, 4.0]]))
        >>> weight.grad = torch.tensor([[0.0, 1.0]])
        >>> clip_adaptively_([weight])
        >>> weight.grad
        tensor([[0.0000, 0.0500]])
    """
    if factor <= 0 or epsilon <= 0:
        raise ValueError(f"factor ({factor}) and epsilon ({epsilon}) must be positive")
    for parameter in parameters:
        if parameter.grad is not None:
            longest = factor * unit_norms(parameter).clamp(min=epsilon)
            scale = longest / unit_norms(parameter.grad).clamp(min=torch.finfo(parameter.dtype).tiny)
            parameter.grad.mul_(scale.clamp(max=1))
