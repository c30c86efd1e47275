"""Contrastive divergence: the free energy of the data less that of samples a few steps from them.

Source: Hinton 2002, "Training products of experts by minimizing contrastive divergence" (hinton2002training).

Equations:
    loss = F(x) - F(x~)      x~: k steps of Gibbs sampling from x, held fixed
    d loss / d theta = dF/d theta at x - dF/d theta at x~, the update of contrastive divergence

Shapes: B examples; an example has any shape.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor


def contrastive_divergence(
    free_energy: Callable[[Tensor], Tensor], step: Callable[[Tensor], Tensor], x: Tensor, *, steps: int = 1
) -> Float[Tensor, " B"]:
    """Return a loss whose gradient is the update of contrastive divergence; its value has little meaning.

    Args:
        free_energy: Maps examples to their free energies `[B]`.
        step: One step of Gibbs sampling from examples to examples.
        x: The data, where the chains start.
        steps: Number k of steps.

    Raises:
        ValueError: The number of steps is below one.

    Example:
        >>> contrastive_divergence(lambda x: x.sum(1), lambda x: 0 * x, torch.ones(2, 3))
        tensor([3., 3.])
    """
    if steps < 1:
        raise ValueError(f"steps ({steps}) must be at least 1")
    sample = x
    with torch.no_grad():  # the gradient through the samples is left out, which makes the loss cheap
        for _ in range(steps):
            sample = step(sample)
    return free_energy(x) - free_energy(sample)
