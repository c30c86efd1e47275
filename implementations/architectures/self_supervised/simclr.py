"""SimCLR: a residual network and a projection, trained to recognise two views of one image.

Source: Chen et al. 2020, "A simple framework for contrastive learning of visual representations" (chen2020simple).

Equations:
    h_i = f(x_i)                        f: a residual network, without its classifier
    z_i = g(h_i) = W_2 ReLU(W_1 h_i)
    loss of z_i: NT-Xent, the cross-entropy of recognising the other view by its cosine

Shapes: B views (two of each image, one after the other), C channels, H height, W width, K features of the encoder,
D features of the projection.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.architectures.convolutional.resnet import ResNet, convolution
from implementations.concepts.loss.nt_xent_loss import NTXentLoss
from kb.guards import checked_arguments, checked_inputs


class SimCLR(nn.Module):
    """An encoder, which is what training is for, and a projection head, which is discarded afterwards.

    Args:
        block: Of the residual network: `basic` or `bottleneck`.
        blocks: Blocks of each of its stages.
        width: Channels of its first stage.
        in_channels: Number C of input channels.
        features: Number D of features of the projection.
        temperature: What cosines are divided by in the loss.
        small: Whether the stem is for small images: one convolution of 3x3 without stride, and no pooling.

    Example:
        >>> SimCLR()(torch.zeros(2, 3, 32, 32)).shape
        torch.Size([2, 4])
    """

    @checked_arguments(temperature=0.001)
    def __init__(
        self,
        *,
        block: str = "basic",
        blocks: Sequence[int] = (1, 1),
        width: int = 4,
        in_channels: int = 3,
        features: int = 4,
        temperature: float = 0.5,
        small: bool = False,
    ) -> None:
        super().__init__()
        self.encoder = ResNet(block=block, blocks=blocks, width=width, in_channels=in_channels)
        if small:
            self.encoder.stem = nn.Sequential(*convolution(in_channels, width, 3), nn.ReLU())
        represented = self.encoder.classifier.in_features
        self.encoder.classifier = nn.Identity()
        self.head = nn.Sequential(
            nn.Linear(represented, represented, bias=False), nn.ReLU(), nn.Linear(represented, features, bias=False)
        )
        self.contrast = NTXentLoss(temperature=temperature)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D"]:
        """Return the projections of images."""
        return self.head(self.encoder(x))

    def contrastive_loss(self, *, generator: torch.Generator, x: Float[Tensor, "B C H W"]) -> Float[Tensor, " B"]:
        """Return the loss of every view; views of one image follow each other, and `generator` draws nothing."""
        return self.contrast(self(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 32, W: int = 24) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return self.encoder.example_inputs(generator, B=B, H=H, W=W)
