"""Gradient norm clipping: a gradient that is longer than a threshold is shortened to it.

Source: Pascanu, Mikolov & Bengio 2013, Algorithm 1 (pascanu2013difficulty).

Equations:
    g <- (threshold / |g|) g   if |g| >= threshold;   |g|: norm over all parameters together

Shapes: any.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn


@torch.no_grad()
def clip_norm_(parameters: Iterable[nn.Parameter], *, threshold: float = 1.0) -> Tensor:
    """Shorten the gradients of all parameters together, in place; their direction is kept.

    Args:
        parameters: Those without a gradient are unchanged.
        threshold: Largest norm.

    Returns:
        The norm before.

    Raises:
        ValueError: The threshold is not positive.

    Example:
        >>> weight = nn.Parameter(torch.zeros(2))
        >>> weight.grad = torch.tensor([3.0, 4.0])
        >>> clip_norm_([weight], threshold=1.0).item()
        5.0
        >>> weight.grad
        tensor([0.6000, 0.8000])
    """
    if threshold <= 0:
        raise ValueError(f"threshold ({threshold}) must be positive")
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    norm = torch.stack([gradient.square().sum() for gradient in gradients]).sum().sqrt()
    if norm >= threshold:
        for gradient in gradients:
            gradient *= threshold / norm
    return norm
