"""Self-attention: every element of a set gathers from all elements, with weights computed from the elements.

Source: Vaswani et al. 2017, eq. 1 and sec. 3.2.3 (vaswani2017attention); within a recurrent network, Cheng,
Dong & Lapata 2016 (cheng2016long).

Equations:
    y = softmax(x W_Q (x W_K)^T / sqrt(D)) x W_V

Shapes: B examples, T elements, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.scaled_dot_product_attention import ScaledDotProductAttention
from kb.guards import checked_arguments


class SelfAttention(nn.Module):
    """A single head of attention of a sequence to itself.

    Args:
        width: Width D.
    """

    @checked_arguments()
    def __init__(self, *, width: int = 6) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(width, width, bias=False) for _ in range(3))
        self.attention = ScaledDotProductAttention()

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the weighted mean of values for every element."""
        return self.attention(self.query(x), self.key(x), self.value(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return a random sequence."""
        return {"x": torch.randn(B, T, self.query.in_features, generator=generator)}
