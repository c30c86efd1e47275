"""Causal linear attention: the softmax is replaced by a product of feature maps, so that running sums suffice.

Source: Katharopoulos et al. 2020, "Transformers are RNNs" (katharopoulos2020transformers).

Equations:
    y_t = sum over s <= t of (phi(q_t) . phi(k_s)) v_s / sum over s <= t of phi(q_t) . phi(k_s)
    phi(x) = elu(x) + 1

Shapes: B examples, T positions, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


def features(x: Tensor) -> Tensor:
    """Return elu(x) + 1, which is positive; as a sum it would round to zero from about -37 on, in float64."""
    return torch.where(x > 0, x + 1, x.clamp(max=0).exp())


class LinearAttention(nn.Module):
    """All positions at once, each against all earlier ones: quadratic in their number, as softmax attention is.

    Example:
        >>> q = k = v = torch.ones(1, 3, 2)
        >>> LinearAttention()(q, k, v)[0, 2]
        tensor([1., 1.])
    """

    def forward(
        self, q: Float[Tensor, "B T D"], k: Float[Tensor, "B T D"], v: Float[Tensor, "B T D"]
    ) -> Float[Tensor, "B T D"]:
        """Return the weighted means of the values so far."""
        weights = (features(q) @ features(k).mT).tril()  # [B, T, T]
        return weights @ v / weights.sum(-1, keepdim=True)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random queries, keys and values."""
        return {name: torch.randn(B, T, 4, generator=generator) for name in ("q", "k", "v")}
