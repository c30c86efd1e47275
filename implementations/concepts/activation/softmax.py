"""Softmax: positive weights that sum to one, in proportion to exponentials.

Source: Bahdanau, Cho & Bengio 2015, for its use as attention weights (bahdanau2014neural).

Equations:
    y_i = exp(x_i) / sum over j of exp(x_j)

Shapes: any leading axes, K scores.
"""

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn


class Softmax(nn.Module):
    """Softmax over the last axis, with the largest score subtracted so that nothing overflows."""

    def forward(self, x: Float[Tensor, "*B K"]) -> Float[Tensor, "*B K"]:
        """Return the weights."""
        weights = (x - x.amax(-1, keepdim=True).detach()).exp()
        return weights / weights.sum(-1, keepdim=True)

    def example_inputs(self, generator: Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return scores of which some are far too large for a plain exponential in float32."""
        return {"x": torch.randn(B, 5, generator=generator) * torch.tensor([1.0, 1.0, 1.0, 1.0, 100.0])}
