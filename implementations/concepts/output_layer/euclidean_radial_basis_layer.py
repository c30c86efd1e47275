"""Euclidean radial basis layer: for each class, the squared distance to a code that is not learned.

Source: LeCun et al. 1998, sec. II-B (lecun1998gradient), the last layer of LeNet-5.

Equations:
    y_i = sum over j of (x_j - w_ij)^2      w_ij: -1 or 1, component j of the code of class i

Shapes: B examples, F features, K classes.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class EuclideanRadialBasisLayer(nn.Module):
    """Squared distances to codes, which are drawn once and then stay.

    Args:
        in_features: Number F of components of a code.
        classes: Number K of codes.

    Example:
        >>> layer = EuclideanRadialBasisLayer(in_features=4, classes=2)
        >>> layer(layer.codes).diagonal()
        tensor([0., 0.])
    """

    codes: Tensor

    @checked_arguments()
    def __init__(self, *, in_features: int = 6, classes: int = 3) -> None:
        super().__init__()
        self.in_features = in_features
        self.register_buffer("codes", 2 * torch.randint(2, (classes, in_features)).float() - 1)

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B K"]:
        """Return the squared distance to the code of each class; the class with the smallest is chosen."""
        return (x[:, None] - self.codes).square().sum(2)  # [B, 1, F] - [K, F] -> [B, K]

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features, of which the first are a code."""
        x = torch.randn(B, self.in_features, generator=generator)
        return {"x": torch.cat([self.codes[:1], x[1:]])}
