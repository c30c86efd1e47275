"""Scaled dot-product attention: a weighted mean of values, with weights from scalar products of queries and keys.

Source: Vaswani et al. 2017, eq. 1 (vaswani2017attention).

Equations:
    Attention(Q, K, V) = softmax(Q K^T / sqrt(d_k)) V

Shapes: any leading axes, T queries, S keys and values, d_k features of a key, d_v of a value.
"""

import torch
from torch import Tensor, nn

from kb.guards import checked_arguments


class ScaledDotProductAttention(nn.Module):
    """Attention written out from the equation; the fused library function is its peer.

    Args:
        causal: Whether a query sees only keys at its own position and before.
    """

    @checked_arguments()
    def __init__(self, *, causal: bool = False) -> None:
        super().__init__()
        self.causal = causal

    def forward(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """Return one mixture of values for every query, `[..., T, d_v]`."""
        scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5  # [..., T, S]
        if self.causal:
            future = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
            scores = scores.masked_fill(future, -torch.inf)
        return scores.softmax(-1) @ v

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random queries, keys and values; there are more keys than queries."""
        shapes = {"q": (B, 3, 4), "k": (B, 5, 4), "v": (B, 5, 2)}
        return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}
