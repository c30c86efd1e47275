"""Non-local network: a convolutional network in which every position also gathers from all others.

Source: Wang et al. 2018, "Non-local neural networks" (wang2018nonlocal).

Equations:
    the block: y_i = 1 / C(x) sum over all positions j of f(x_i, x_j) g(x_j),   z_i = W_z y_i + x_i

Shapes: B examples, C input channels, D channels of the feature map, H height, W width, K classes.
"""

import itertools

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.non_local_block import NonLocalBlock
from kb.guards import checked_arguments, checked_inputs


class NonLocalNetwork(nn.Module):
    """Convolutions, a non-local block, global average pooling and a linear classifier.

    Args:
        in_channels: Number C of input channels.
        channels: Channels D of the feature maps.
        convolutions: Number of convolutions before the block.
        bottleneck: Channels inside the block; in the paper, half of the block's input channels.
        pairwise: `gaussian`, `embedded-gaussian`, `dot-product` or `concatenation`.
        classes: Number K of classes.

    Raises:
        ValueError: The comparison is unknown.

    Example:
        >>> NonLocalNetwork()(torch.zeros(2, 3, 6, 5)).shape
        torch.Size([2, 4])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_channels: int = 3,
        channels: int = 6,
        convolutions: int = 1,
        bottleneck: int = 3,
        pairwise: str = "embedded-gaussian",
        classes: int = 4,
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        sizes = [in_channels, *[channels] * convolutions]
        layers = [(nn.Conv2d(*pair, 3, padding=1), nn.ReLU()) for pair in itertools.pairwise(sizes)]
        self.stem = nn.Sequential(*(module for layer in layers for module in layer))
        self.block = NonLocalBlock(channels=channels, bottleneck=bottleneck, pairwise=pairwise)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.pool(self.trunk(x)).flatten(1))  # [B, D, 1, 1] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before they are pooled."""
        return torch.relu(self.block(self.stem(x)))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 6, W: int = 5) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}
