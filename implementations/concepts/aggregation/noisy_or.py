"""Noisy-or: the probability that at least one of several independent events occurs.

Source: Fang et al. 2015 (fang2015captions), for words in the regions of an image.

Equations:
    p = 1 - prod over j of (1 - p_j),   p_j = sigmoid(z_j)

Shapes: B examples, V things, N places.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F


class NoisyOr(nn.Module):
    """The probability of at least one success.

    Example:
        >>> NoisyOr()(torch.zeros(1, 1, 2))
        tensor([[0.7500]])
    """

    def forward(self, z: Float[Tensor, "B V N"]) -> Float[Tensor, "B V"]:
        """Return the probability that each thing is in at least one place, from the logits for single places."""
        return -torch.expm1(F.logsigmoid(-z).sum(2))  # the logarithm of the product, which does not underflow

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, N: int = 5) -> dict[str, Tensor]:
        """Return random logits."""
        return {"z": torch.randn(B, 4, N, generator=generator)}
