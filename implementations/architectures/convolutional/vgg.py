"""VGG: only 3x3 convolutions and pooling, then dense layers; up to 19 layers deep.

Source: Simonyan & Zisserman 2015, "Very deep convolutional networks for large-scale image recognition"
(simonyan2014very).

Equations:
    h = ReLU(W * h + b)     W: 3x3 filters, stride 1, zero padding of 1; two see 5x5, three 7x7
    a block of such layers, then the maximum of each 2x2 window; five blocks, then three dense layers

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class VGG(nn.Module):
    """Blocks of 3x3 convolutions, each followed by pooling that halves the size, then dense layers with dropout.

    Args:
        blocks: How many convolutions each block has.
        widths: Their channels, block by block.
        hidden: Units of the two hidden dense layers.
        in_channels: Number C of input channels.
        image: Side of the images; the dense layers fix it.
        dropout: Share of the outputs of the hidden dense layers that training drops.
        classes: Number K of classes.

    Raises:
        ValueError: Blocks and widths differ in number, or the image cannot be halved that often.

    Example:
        >>> VGG()(torch.zeros(2, 3, 16, 16)).shape
        torch.Size([2, 5])
    """

    @checked_arguments(dropout=(0, 1))
    def __init__(
        self,
        *,
        blocks: Sequence[int] = (1, 2),
        widths: Sequence[int] = (4, 6),
        hidden: int = 8,
        in_channels: int = 3,
        image: int = 16,
        dropout: float = 0.5,
        classes: int = 5,
    ) -> None:
        super().__init__()
        if len(blocks) != len(widths):
            raise ValueError(f"blocks ({list(blocks)}) and widths ({list(widths)}) must be equally many")
        if image % 2 ** len(blocks):
            raise ValueError(f"image ({image}) must be divisible by {2 ** len(blocks)}, for {len(blocks)} halvings")
        self.in_channels, self.image = in_channels, image
        self.features = nn.Sequential()
        channels = in_channels
        for count, width in zip(blocks, widths, strict=True):
            for _ in range(count):
                self.features.extend([nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()])
                channels = width
            self.features.append(nn.MaxPool2d(2))
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Linear(channels * (image // 2 ** len(blocks)) ** 2, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, classes),
        )

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.trunk(x))  # [B, D, h, w] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before they are flattened; images may have any size here."""
        return self.features(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random images of the size that the dense layers need."""
        return {"x": torch.randn(B, self.in_channels, self.image, self.image, generator=generator)}

    def trunk_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 40, W: int = 36) -> dict[str, Tensor]:
        """Return random images of any size, for what comes before the dense layers."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}
