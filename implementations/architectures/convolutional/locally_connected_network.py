"""Locally connected network: units see small windows, as in a convolutional network, but share no weights.

Source: LeCun 1989, "Generalization and network design strategies", the network Net-3 (lecun1989generalization).

Equations:
    h[d, p] = tanh(b[d, p] + sum over c and o of w[d, p, c, o] h'[c, s p + o])      for every position p its own w
    y = W flatten(h) + b

Shapes: B examples, C input channels, H height, W width, D channels of the last hidden layer, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.convolution_layer.locally_connected_layer import LocallyConnectedLayer
from kb.guards import checked_arguments, checked_inputs


class LocallyConnectedNetwork(nn.Module):
    """Two hidden layers with windows of 3 and of 5 pixels, each of which halves the size, and a dense read-out.

    Args:
        image: Height and width of the images; the weights fix them.
        in_channels: Number C of input channels.
        channels: Units at every position of the two hidden layers; the last is D.
        classes: Number K of classes.

    Raises:
        ValueError: There are not two numbers of channels, or height or width cannot be halved twice.

    Example:
        >>> LocallyConnectedNetwork(image=[8, 8], classes=10)(torch.zeros(2, 3, 8, 8)).shape
        torch.Size([2, 10])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        image: Sequence[int] = (8, 12),
        in_channels: int = 3,
        channels: Sequence[int] = (2, 3),
        classes: int = 5,
    ) -> None:
        super().__init__()
        if len(channels) != 2:
            raise ValueError(f"channels ({list(channels)}) must be two, for two hidden layers")
        if any(side % 4 for side in image):
            raise ValueError(f"image ({list(image)}) must be divisible by 4, for two halvings")
        self.image, self.in_channels = tuple(image), in_channels
        half = [side // 2 for side in image]
        self.hidden = nn.Sequential(
            LocallyConnectedLayer(
                image=image, in_channels=in_channels, out_channels=channels[0], kernel_size=3, stride=2
            ),
            nn.Tanh(),
            LocallyConnectedLayer(
                image=half, in_channels=channels[0], out_channels=channels[1], kernel_size=5, stride=2
            ),
            nn.Tanh(),
        )
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(channels[1] * half[0] * half[1] // 4, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.flatten(self.trunk(x)))  # [B, D, h, w] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the last hidden layer before it is flattened."""
        return self.hidden(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random images of the size that the weights are for."""
        return {"x": torch.randn(B, self.in_channels, *self.image, generator=generator)}
