"""AlexNet: five convolutions and three dense layers, split into two towers that meet at a few layers.

Source: Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural networks"
(krizhevsky2012imagenet); overlapping pooling is sec. 3.4.

Equations:
    a = ReLU(W * x + b)
    b_i = a_i / (k + alpha sum over j, |j - i| <= n / 2, of a_j^2)^beta      k = 2, n = 5, alpha = 1e-4, beta = 0.75
    layers: 5 convolutions (pooled after the first, second and fifth), 3 dense layers

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class AlexNet(nn.Module):
    """Convolutions, pooling, dense layers with dropout.

    Args:
        towers: 2 as in 2012: the second, fourth and fifth convolution see their own tower only; 1 joins them.
        channels: Output channels of the five convolutions.
        hidden: Units of the two hidden dense layers.
        in_channels: Number C of input channels.
        image: Side of the images; the dense layers fix it.
        border: Zeros around the image.
        normalise: Whether the first two layers are normalised over neighbouring channels.
        dropout: Share of the inputs of the hidden dense layers that training drops.
        classes: Number K of classes.

    Raises:
        ValueError: The towers do not divide the channels, or the image is too small.

    Example:
        >>> AlexNet()(torch.zeros(2, 3, 67, 67)).shape
        torch.Size([2, 5])
    """

    @checked_arguments(dropout=(0, 1))
    def __init__(
        self,
        *,
        towers: int = 2,
        channels: Sequence[int] = (4, 8, 6, 6, 4),
        hidden: int = 8,
        in_channels: int = 3,
        image: int = 67,
        border: int = 0,
        normalise: bool = True,
        dropout: float = 0.5,
        classes: int = 5,
    ) -> None:
        super().__init__()
        if any(width % towers for width in channels):
            raise ValueError(f"channels ({list(channels)}) must be divisible by towers ({towers})")
        side = (image + 2 * border - 11) // 4 + 1
        for _ in range(3):
            side = (side - 3) // 2 + 1
        if side < 1:
            raise ValueError(f"image ({image}) must have at least 67 pixels a side for three poolings")
        self.in_channels, self.image = in_channels, image
        first, second, third, fourth, fifth = channels
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, first, 11, stride=4, padding=border),
            *self._pooling(normalise),
            nn.Conv2d(first, second, 5, padding=2, groups=towers),
            *self._pooling(normalise),
            nn.Conv2d(second, third, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(third, fourth, 3, padding=1, groups=towers),
            nn.ReLU(),
            nn.Conv2d(fourth, fifth, 3, padding=1, groups=towers),
            *self._pooling(normalise=False),
        )
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Linear(fifth * side**2, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, classes),
        )

    @staticmethod
    def _pooling(normalise: bool) -> list[nn.Module]:
        """Apply what follows a convolution: ReLU, normalisation, pooling by windows of 3 that overlap."""
        # PyTorch divides alpha by the number of maps, the paper does not.
        normalisation = [nn.LocalResponseNorm(5, alpha=5 * 1e-4, beta=0.75, k=2.0)] if normalise else []
        return [nn.ReLU(), *normalisation, nn.MaxPool2d(3, 2)]

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.trunk(x))  # [B, D, h, w] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before they are flattened; images may have any size here."""
        return self.features(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random images of the size that the dense layers need, with the range of raw pixels."""
        return {"x": 64 * torch.randn(B, self.in_channels, self.image, self.image, generator=generator)}

    def trunk_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 96, W: int = 104) -> dict[str, Tensor]:
        """Return random images of any size, for what comes before the dense layers."""
        return {"x": 64 * torch.randn(B, self.in_channels, H, W, generator=generator)}
