"""Siamese network: two towers with the same weights, and the distance of what they return.

Source: Bromley et al. 1993, "Signature verification using a Siamese time delay neural network" (bromley1993signature);
the distance and the loss of Hadsell, Chopra & LeCun 2006, eq. 1 and sec. 2.1 (hadsell2006dimensionality).

Equations:
    d(x, x') = |g(x) - g(x')|                              g: the tower, the same for both
    loss = (1 - Y) 1/2 d^2 + Y 1/2 max(0, m - d)^2         Y: 0 for a pair of one class, 1 for a pair of two

Shapes: B pairs, C input channels, H height, W width, D features of the common space.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.loss.contrastive_loss import ContrastiveLoss
from kb.guards import checked_arguments, checked_inputs


class Tower(nn.Module):
    """Two convolutions, of which the second halves the resolution, and a linear map to the common space."""

    def __init__(self, image: Sequence[int], in_channels: int, filters: int, features: int) -> None:
        super().__init__()
        height, across = image
        self.image, self.in_channels = (height, across), in_channels
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, filters, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(filters, 2 * filters, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(2 * filters * -(-height // 2) * -(-across // 2), features),
        )

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D"]:
        """Return the points of images in the common space."""
        if x.shape[2:] != self.image:
            raise ValueError(f"an image of {tuple(x.shape[2:])} pixels came, and the linear map needs {self.image}")
        return self.layers(x)


class SiameseNetwork(nn.Module):
    """One tower for both members of a pair, and the Euclidean distance of their points.

    Args:
        image: Height and width of the images; the linear map fixes them.
        in_channels: Number C of input channels.
        filters: Filters of the first convolution; the second has twice as many.
        features: Number D of features of the common space.
        margin: How far apart the points of two classes should be.

    Raises:
        ValueError: An image has another size.

    Example:
        >>> SiameseNetwork()(torch.zeros(2, 3, 6, 8), torch.zeros(2, 3, 6, 8))
        tensor([0., 0.], grad_fn=<LinalgVectorNormBackward0>)
    """

    @checked_arguments(margin=0)
    def __init__(
        self,
        *,
        image: Sequence[int] = (6, 8),
        in_channels: int = 3,
        filters: int = 4,
        features: int = 4,
        margin: float = 1.0,
    ) -> None:
        super().__init__()
        self.tower = Tower(image, in_channels, filters, features)
        self.contrast = ContrastiveLoss(margin=margin)

    @checked_inputs()
    def forward(self, first: Float[Tensor, "B C H W"], second: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return the distance of the members of every pair."""
        return (self.tower(first) - self.tower(second)).norm(dim=1)  # [B, D] -> [B]

    def contrastive_loss(
        self,
        *,
        generator: torch.Generator,
        target: Int[Tensor, " B"],
        first: Float[Tensor, "B C H W"],
        second: Float[Tensor, "B C H W"],
    ) -> Float[Tensor, " B"]:
        """Return the loss of every pair; its target is 0 where both are of one class, else 1."""
        return self.contrast(self(first, second), target)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random pairs of images."""
        first, second = torch.randn(2, B, self.tower.in_channels, *self.tower.image, generator=generator)
        return {"first": first, "second": second}
