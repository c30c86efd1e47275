"""TI-pooling network: an ordinary convolutional network for every copy of an image, and a maximum over the copies.

Source: Laptev, Savinov, Buhmann & Pollefeys 2016, "TI-pooling: transformation-invariant pooling for feature learning in
convolutional neural networks" (laptev2016ti), with the layers of the authors' code.

Equations:
    g_k(x) = max over phi in Phi of f_k(phi(x)),   y = W g(x) + b
    f: convolutions with rectifiers and max pooling, then a dense layer; Phi: symmetries of the square

Shapes: B examples, C channels, H height and W width, D feature maps, K classes.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.equivariant_layer.square_orbit import SquareOrbit
from implementations.concepts.pooling.global_max_pooling import GlobalMaxPooling
from kb.guards import checked_arguments, checked_inputs


class TIPoolingNetwork(nn.Module):
    """Copies of the image, a branch for each with the same weights, pooling, and a read-out into classes.

    Args:
        in_channels: Number C of input channels.
        side: Height and width of the images, which the dense layer of the branch fixes.
        channels: Output channels of the convolutions; the last is D. Each is followed by pooling that halves the side.
        features: Number of features of a copy.
        reflections: Whether mirror images are among the copies; without them there are four rotations.
        classes: Number K of classes.

    Raises:
        ValueError: The side cannot be halved as often as there are convolutions.

    Example:
        >>> TIPoolingNetwork(in_channels=1, side=8, classes=10)(torch.zeros(2, 1, 8, 8)).shape
        torch.Size([2, 10])
        >>> TIPoolingNetwork(side=12)
        Traceback (most recent call last):
        ValueError: TIPoolingNetwork(side=12) cannot be built: side (12) must be divisible by 8, as 3 poolings halve it
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_channels: int = 2,
        side: int = 8,
        channels: Sequence[int] = (2, 3, 4),
        features: int = 6,
        reflections: bool = True,
        classes: int = 3,
    ) -> None:
        super().__init__()
        factor = 2 ** len(channels)
        if side % factor:
            raise ValueError(f"side ({side}) must be divisible by {factor}, as {len(channels)} poolings halve it")
        self.in_channels, self.side, self.copies = in_channels, side, 8 if reflections else 4
        self.orbit = SquareOrbit()
        self.layers = nn.Sequential()
        for narrow, wide in pairwise([in_channels, *channels]):
            self.layers.extend([nn.Conv2d(narrow, wide, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)])
        self.dense = nn.Sequential(nn.Flatten(), nn.Linear(channels[-1] * (side // factor) ** 2, features), nn.ReLU())
        self.pool = GlobalMaxPooling()
        self.read_out = nn.Linear(features, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        copies = self.orbit(x)[:, : self.copies]  # [B, copies, C, H, W]
        features = self.branch(copies.flatten(0, 1)).unflatten(0, copies.shape[:2])
        return self.read_out(self.pool(features))

    def branch(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B M"]:
        """Return the features of single copies."""
        return self.dense(self.trunk(x))

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the feature maps of single copies; they may have any size here."""
        return self.layers(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random images of the size that the dense layer needs."""
        return {"x": torch.randn(B, self.in_channels, self.side, self.side, generator=generator)}
