"""Densely connected network: every layer of a block sees the outputs of all layers before it.

Source: Huang et al. 2017, "Densely connected convolutional networks" (huang2017densely).

Equations:
    x_l = H_l([x_0, x_1, ..., x_{l-1}])      concatenated, not added
    H_l: BN, ReLU, 1x1 convolution to 4 k channels, BN, ReLU, 3x3 convolution to k channels (k: growth)
    transition: BN, ReLU, 1x1 convolution to a share theta of the channels, mean of each 2x2 window

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


def composite(inputs: int, outputs: int, size: int) -> list[nn.Module]:
    """Return batch normalisation, ReLU and a convolution that keeps the size: H_l consists of two of these."""
    return [nn.BatchNorm2d(inputs), nn.ReLU(), nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False)]


class DenseBlock(nn.Module):
    """Layers, each of which adds `growth` channels to the outputs of all layers before it.

    Args:
        inputs: Channels at the start.
        layers: Number of layers.
        growth: Channels k that each adds.
        bottleneck: Channels of the 1x1 convolution, as a multiple of the growth.
    """

    def __init__(self, inputs: int, layers: int, growth: int, bottleneck: int) -> None:
        super().__init__()
        inside = bottleneck * growth
        self.layers = nn.ModuleList(
            nn.Sequential(*composite(inputs + index * growth, inside, 1), *composite(inside, growth, 3))
            for index in range(layers)
        )

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        """Return the input and the outputs of all layers, concatenated."""
        features = x
        for layer in self.layers:
            features = torch.cat([features, layer(features)], dim=1)
        return features


class DenseNet(nn.Module):
    """Stem, dense blocks with transitions between them, global average pooling, linear classifier.

    Args:
        blocks: Layers of each dense block.
        growth: Channels k that a layer adds.
        stem: Channels of the first convolution.
        bottleneck: Width of the 1x1 convolutions, as a multiple of the growth.
        compression: Share theta of the channels that a transition keeps.
        in_channels: Number C of input channels.
        classes: Number K of classes.

    Raises:
        ValueError: The compression is not above 0 and at most 1.

    Example:
        >>> DenseNet()(torch.zeros(2, 3, 32, 24)).shape
        torch.Size([2, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        blocks: Sequence[int] = (2, 2),
        growth: int = 4,
        stem: int = 8,
        bottleneck: int = 4,
        compression: float = 0.5,
        in_channels: int = 3,
        classes: int = 5,
    ) -> None:
        super().__init__()
        if not 0 < compression <= 1:
            raise ValueError(f"compression ({compression}) must be above 0 and at most 1")
        self.in_channels = in_channels
        self.stem = nn.Sequential(
            nn.Conv2d(in_channels, stem, 7, stride=2, padding=3, bias=False),
            nn.BatchNorm2d(stem),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, padding=1),
        )
        self.blocks = nn.Sequential()
        channels = stem
        for index, layers in enumerate(blocks):
            self.blocks.append(DenseBlock(channels, layers, growth, bottleneck))
            channels += layers * growth
            if index < len(blocks) - 1:
                compressed = int(compression * channels)
                self.blocks.append(nn.Sequential(*composite(channels, compressed, 1), nn.AvgPool2d(2)))
                channels = compressed
        self.head = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
        self.classifier = nn.Linear(channels, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.head(self.trunk(x)).flatten(1))  # [B, D, 1, 1] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before the head that pools them."""
        return self.blocks(self.stem(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 32, W: int = 24) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}
