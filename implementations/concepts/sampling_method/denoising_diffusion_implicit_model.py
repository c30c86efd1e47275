"""Denoising diffusion implicit model: steps back that skip some of the chain, with as much new noise as one wants.

Source: Song, Meng & Ermon 2021, eq. 12 and 16 (song2020denoising).

Equations:
    guess = (x_t - sqrt(1 - kept_t) noise) / sqrt(kept_t)              noise: what the network finds in x_t
    x_s = sqrt(kept_s) guess + sqrt(1 - kept_s - sigma^2) noise + sigma z,    s < t, z normal
    sigma = eta sqrt((1 - kept_s) / (1 - kept_t)) sqrt(1 - kept_t / kept_s)

Shapes: examples of any one shape; the shares that are kept are numbers, or a tensor that fits the examples.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor


class Back(NamedTuple):
    """Where a step back leads: the mean, and the standard deviation of the new noise."""

    mean: Tensor
    deviation: Tensor


def implicit_step(x: Tensor, noise: Tensor, kept: Tensor, kept_after: Tensor, *, eta: float = 0.0) -> Back:
    """Return where a step back leads.

    Args:
        x: Noisy examples.
        noise: The noise that the network finds in them.
        kept: What is kept of the examples' variance in them.
        kept_after: What is kept of it after the step: more, and all of it after the last.
        eta: Share of the new noise; at 0 there is none, and at 1 as much as in the chain.

    Raises:
        ValueError: The share is not between 0 and 1.

    Example:
        >>> kept = torch.tensor(0.5)
        >>> implicit_step(torch.ones(1), torch.zeros(1), kept, torch.tensor(1.0)).mean
        tensor([1.4142])
        >>> implicit_step(torch.ones(1), torch.zeros(1), kept, torch.tensor(1.0), eta=2.0)
        Traceback (most recent call last):
            ...
        ValueError: eta (2.0) must lie between 0 and 1
    """
    if not 0 <= eta <= 1:
        raise ValueError(f"eta ({eta}) must lie between 0 and 1")
    guess = (x - (1 - kept).sqrt() * noise) / kept.sqrt()
    sigma = eta * ((1 - kept_after) / (1 - kept)).sqrt() * (1 - kept / kept_after).sqrt()
    mean = kept_after.sqrt() * guess + (1 - kept_after - sigma.square()).clamp_min(0).sqrt() * noise
    return Back(mean, sigma)


@torch.no_grad()
def implicit_sample(
    predict: Callable[[Tensor, int], Tensor],
    x: Tensor,
    kept: Tensor,
    *,
    visited: Sequence[int],
    eta: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Return examples, drawn by visiting some steps of the chain from the last to the first.

    Args:
        predict: The network: the noise in examples after a number of steps of the chain.
        x: Standard normal numbers, in the shape of the examples.
        kept: What is kept of the variance after 1 to T steps, `[T]`.
        visited: The steps, from 1 to T, that are visited, in any order.
        eta: Share of the new noise, as in `implicit_step`.
        generator: Draws new noise.

    Example:
        >>> nothing = lambda x, step: torch.zeros_like(x)
        >>> implicit_sample(nothing, torch.ones(1), torch.tensor([0.25]), visited=[1])
        tensor([2.])
    """
    order = sorted(visited, reverse=True)
    everything = torch.cat([torch.ones_like(kept[:1]), kept])
    for step, after in zip(order, [*order[1:], 0], strict=True):
        mean, deviation = implicit_step(x, predict(x, step), everything[step], everything[after], eta=eta)
        x = mean + deviation * torch.randn(x.shape, generator=generator, dtype=x.dtype) if eta else mean
    return x
