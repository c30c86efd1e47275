"""SkipInit network: a residual network without normalisation, whose branches are switched off at the start.

Source: De & Smith 2020, "Batch normalization biases residual blocks towards the identity function in deep networks"
(de2020batch); the blocks are those of He et al. 2016 (he2016identity) without their normalisations.

Equations:
    x_{l+1} = x_l + alpha_l F_l(x_l),   alpha_l = 0 at the start
    F: ReLU and convolution, twice (basic) or three times (bottleneck), with biases

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.skipinit import SkipInit
from kb.guards import checked_arguments, checked_inputs

EXPANSION = {"basic": 1, "bottleneck": 4}


class SkipInitBlock(nn.Module):
    """A residual block whose branch ends in a scalar that starts at zero.

    Where the size changes, the shortcut projects the rectified input, which the branch reads too.

    Args:
        block: `basic` or `bottleneck`.
        inputs: Channels of the input.
        width: Channels of the 3x3 convolutions.
        stride: Step of the 3x3 convolution, of the first one in a basic block.
    """

    def __init__(self, block: str, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        outputs = EXPANSION[block] * width
        changes = stride > 1 or inputs != outputs
        self.projection = nn.Conv2d(inputs, outputs, 1, stride) if changes else None
        if block == "basic":
            layers = [nn.Conv2d(inputs, width, 3, stride, padding=1), nn.Conv2d(width, width, 3, padding=1)]
        else:
            layers = [
                nn.Conv2d(inputs, width, 1),
                nn.Conv2d(width, width, 3, stride, padding=1),
                nn.Conv2d(width, outputs, 1),
            ]
        first, *others = layers
        self.branch = SkipInit(branch=nn.Sequential(first, *(item for layer in others for item in (nn.ReLU(), layer))))

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the sum of shortcut and branch."""
        active = torch.relu(x)
        shortcut = x if self.projection is None else self.projection(active)
        return shortcut + self.branch(active)


class SkipInitNetwork(nn.Module):
    """Stem, stages of blocks, a last ReLU, global average pooling, linear classifier.

    Args:
        block: `basic` or `bottleneck`.
        blocks: Blocks of each stage; every stage but the first halves the resolution and doubles the width.
        stem: Channels of the stem, a convolution of 3x3 pixels.
        width: Channels of the 3x3 convolutions in the first stage.
        in_channels: Number C of input channels.
        classes: Number K of classes.

    Raises:
        ValueError: The block is unknown.

    Example:
        >>> SkipInitNetwork()(torch.zeros(2, 3, 16, 12)).shape
        torch.Size([2, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        block: str = "basic",
        blocks: Sequence[int] = (2, 2),
        stem: int = 4,
        width: int = 4,
        in_channels: int = 3,
        classes: int = 5,
    ) -> None:
        super().__init__()
        if block not in EXPANSION:
            raise ValueError(f"block ({block!r}) must be one of {', '.join(EXPANSION)}")
        self.in_channels = in_channels
        self.stem = nn.Conv2d(in_channels, stem, 3, padding=1)
        self.stages = nn.Sequential()
        channels = stem
        for index, depth in enumerate(blocks):
            stage = nn.Sequential()
            for position in range(depth):
                stride = 2 if index > 0 and position == 0 else 1
                stage.append(SkipInitBlock(block, channels, width * 2**index, stride))
                channels = EXPANSION[block] * width * 2**index
            self.stages.append(stage)
        self.head = nn.Sequential(nn.ReLU(), nn.AdaptiveAvgPool2d(1))
        self.classifier = nn.Linear(channels, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.head(self.trunk(x)).flatten(1))  # [B, D, 1, 1] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before the head that pools them."""
        return self.stages(self.stem(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 16, W: int = 12) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}
