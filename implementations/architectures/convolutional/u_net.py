"""U-Net: down to coarser levels and up again, where each level also gets the features of the way down.

Source: Ronneberger, Fischer & Brox 2015, "U-Net: convolutional networks for biomedical image segmentation"
(ronneberger2015u).

Equations:
    down: h_0 = block(x),  h_l = block(max over 2 x 2 of h_{l-1})     block: twice ReLU(3 x 3 convolution), width 2^l U
    up:   g_L = h_L,  g_l = block([middle of h_l, up g_{l+1}])      up: 2 x 2 transposed convolution, half the width
    y = 1 x 1 convolution of g_0

Shapes: B examples, C input channels, H height, W width, K classes; P, Q height and width without what borders take.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class UNet(nn.Module):
    """A class for every pixel.

    Args:
        in_channels: Number C of input channels.
        width: Channels U of the first level; each level has twice as many as the one before.
        levels: Number of levels.
        padded: Whether convolutions keep the size with zeros around the image; else each takes a pixel at every side.
        classes: Number K of classes.

    Example:
        >>> UNet(classes=2)(torch.zeros(1, 3, 8, 16)).shape
        torch.Size([1, 2, 8, 16])
        >>> UNet(width=1, levels=5, padded=False)(torch.zeros(1, 3, 572, 572)).shape
        torch.Size([1, 2, 388, 388])
    """

    @checked_arguments()
    def __init__(
        self, *, in_channels: int = 3, width: int = 4, levels: int = 2, padded: bool = True, classes: int = 2
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        widths = [width * 2**level for level in range(levels)]
        self.down = nn.ModuleList(_block(a, b, padded) for a, b in pairwise([in_channels, *widths]))
        self.pool = nn.MaxPool2d(2, ceil_mode=True)  # of an odd size, the last window has one pixel
        self.enlarge = nn.ModuleList(nn.ConvTranspose2d(2 * wide, wide, 2, stride=2) for wide in widths[-2::-1])
        self.up = nn.ModuleList(_block(2 * wide, wide, padded) for wide in widths[-2::-1])
        self.classifier = nn.Conv2d(width, classes, 1)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K H W"] | Float[Tensor, "B K P Q"]:
        """Return the logits of the classes at every pixel, or at those in the middle if nothing is padded."""
        kept: list[Tensor] = []
        for level, block in enumerate(self.down):
            x = block(x if level == 0 else self.pool(x))
            kept.append(x)
        x = kept.pop()
        for enlarge, block in zip(self.enlarge, self.up, strict=True):
            x = block(joined(kept.pop(), enlarge(x)))
        return self.classifier(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 18, W: int = 19) -> dict[str, Tensor]:
        """Return random images of odd width, just large enough for two levels without padding."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}


def joined(kept: Float[Tensor, "B C H W"], coarse: Float[Tensor, "B D P Q"]) -> Float[Tensor, "B E h w"]:
    """Return the channels of both, of what is kept those in the middle if it is larger.

    Of an odd number of pixels the coarse map has one more; its last one is left out.
    """
    coarse = coarse[:, :, : kept.shape[2], : kept.shape[3]]
    top, left = ((kept.shape[dim] - coarse.shape[dim]) // 2 for dim in (2, 3))
    return torch.cat([kept[:, :, top : top + coarse.shape[2], left : left + coarse.shape[3]], coarse], 1)


def _block(inputs: int, outputs: int, padded: bool) -> nn.Sequential:
    layers = []
    for channels in (inputs, outputs):
        layers += [nn.Conv2d(channels, outputs, 3, padding=1 if padded else 0), nn.ReLU()]
    return nn.Sequential(*layers)
