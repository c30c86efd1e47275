"""ConvNeXt: a residual network with the proportions, the normalisation and the units of a Transformer.

Source: Liu et al. 2022 (liu2022convnet), sec. 2, Fig. 4 (the block), sec. 3 (the variants).

Equations:
    y    = x + F(x)                                    no unit after the sum
    F(x) = lambda * W_2 GELU(W_1 LN(D x))              D: a 7x7 filter for each channel; LN: over the channels of a
                                                       position; W_1: to four times the channels; lambda: layer scale
    between stages: a 2x2 convolution of stride 2 of LN(x)

Shapes: B examples, C input channels, H height, W width, D channels of a stage, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.residual_connection import ResidualConnection
from implementations.concepts.normalisation.layer_scale import LayerScale
from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-6
"""Added to the variances, as in timm's and torchvision's code."""

DEVIATION = 0.02
"""Standard deviation of new weights, as in timm's and torchvision's code; Table 5 of the paper says 0.2."""


class ChannelNorm(nn.Module):
    """Layer normalisation over the channels of every position of an image."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels, eps=EPSILON)

    def forward(self, x: Float[Tensor, "B D h w"]) -> Float[Tensor, "B D h w"]:
        """Return the normalised image."""
        return self.norm(x.movedim(1, -1)).movedim(-1, 1)


class Branch(nn.Module):
    """Filters each channel, then transforms each position by a perceptron with one hidden layer."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.filter = nn.Conv2d(channels, channels, 7, padding=3, groups=channels)
        self.norm = nn.LayerNorm(channels, eps=EPSILON)
        self.perceptron = nn.Sequential(nn.Linear(channels, 4 * channels), nn.GELU(), nn.Linear(4 * channels, channels))
        self.scale = LayerScale(width=channels)

    def forward(self, x: Float[Tensor, "B D h w"]) -> Float[Tensor, "B D h w"]:
        """Return what is added to the input."""
        h = self.filter(x).movedim(1, -1)  # [B, D, h, w] -> [B, h, w, D]
        return self.scale(self.perceptron(self.norm(h))).movedim(-1, 1)


def initialised(layer: nn.Module) -> None:
    """Draw the weights of a convolution or a linear layer from a truncated normal distribution; biases are zero."""
    if isinstance(layer, (nn.Conv2d, nn.Linear)):
        nn.init.trunc_normal_(layer.weight, std=DEVIATION)
        nn.init.zeros_(layer.bias)


class ConvNeXt(nn.Module):
    """Patches, stages of residual blocks with downsampling between them, average, normalisation, linear classifier.

    Args:
        blocks: Blocks of each stage.
        widths: Channels D of each stage; every stage but the first halves the resolution.
        patch: Side of the patches that the stem makes one position of.
        in_channels: Number C of input channels.
        classes: Number K of classes.

    Raises:
        ValueError: There are not as many blocks as widths.

    Example:
        >>> ConvNeXt(blocks=[1])  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ValueError: ConvNeXt(blocks=[1]) cannot be built: blocks ([1]) and widths ([4, 6]) must have one number ...
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        blocks: Sequence[int] = (1, 1),
        widths: Sequence[int] = (4, 6),
        patch: int = 2,
        in_channels: int = 3,
        classes: int = 5,
    ) -> None:
        super().__init__()
        if len(blocks) != len(widths):
            raise ValueError(f"blocks ({list(blocks)}) and widths ({list(widths)}) must have one number for each stage")
        self.in_channels = in_channels
        first, last = widths[0], widths[-1]
        self.stem = nn.Sequential(nn.Conv2d(in_channels, first, patch, patch), ChannelNorm(first))
        self.stages = nn.Sequential()
        for before, channels, depth in zip([first, *widths], widths, blocks, strict=False):
            stage = nn.Sequential()
            if self.stages:
                stage.extend([ChannelNorm(before), nn.Conv2d(before, channels, 2, 2)])
            stage.extend(ResidualConnection(branch=Branch(channels)) for _ in range(depth))
            self.stages.append(stage)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.norm = nn.LayerNorm(last, eps=EPSILON)
        self.classifier = nn.Linear(last, classes)
        self.apply(initialised)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.norm(self.pool(self.trunk(x)).flatten(1)))  # [B, D, 1, 1] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before they are pooled."""
        return self.stages(self.stem(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 32, W: int = 24) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}
