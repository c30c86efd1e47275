"""Sum pooling: add up the elements of a set.

Source: Zaheer et al. 2017, Theorem 2 (zaheer2017deep), where functions of sets contain it.

Equations:
    y = sum over i of x_i

Shapes: B examples, T elements, D features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class SumPooling(nn.Module):
    """The sum over the elements.

    Example:
        >>> SumPooling()(torch.tensor([[[1.0], [2.0]]]))
        tensor([[3.]])
    """

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B D"]:
        """Return one vector for every set."""
        return x.sum(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return random sets."""
        return {"x": torch.randn(B, T, 3, generator=generator)}
