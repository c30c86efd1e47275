"""Global max pooling: the largest value of every feature over all elements of a set.

Source: Qi et al. 2017, "PointNet", where it makes a function of point clouds symmetric (qi2017pointnet).

Equations:
    y_d = max over t of x_td

Shapes: B sets, T elements, D features.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


class GlobalMaxPooling(nn.Module):
    """The maximum over all elements.

    Example:
        >>> GlobalMaxPooling()(torch.tensor([[[1.0, 5.0], [3.0, 2.0]]]))
        tensor([[3., 5.]])
    """

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B D"]:
        """Return one vector for every set."""
        return x.amax(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return random sets below zero, where padding with zeros would change the result."""
        return {"x": -torch.rand(B, T, 3, generator=generator)}
