"""Pre-activation residual network: normalisation and ReLU come before each convolution, and not on the shortcuts.

Source: He et al. 2016, "Identity mappings in deep residual networks" (he2016identity).

Equations:
    x_{l+1} = x_l + F(x_l)      within a stage the shortcut is the identity, and nothing follows the sum
    x_L = x_l + sum over i = l .. L-1 of F(x_i)
    F: BN, ReLU, convolution, twice (basic) or three times (bottleneck)

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs

EXPANSION = {"basic": 1, "bottleneck": 4}


def pre_activated(inputs: int, outputs: int, size: int, stride: int = 1) -> list[nn.Module]:
    """Return batch normalisation, ReLU and a convolution."""
    return [nn.BatchNorm2d(inputs), nn.ReLU(), nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)]


class PreActivationBlock(nn.Module):
    """A residual block whose branch begins with normalisation and ReLU.

    Where the size changes, the shortcut projects the output of the first normalisation and ReLU, which the branch reads
    too.

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
        self.projection = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if changes else None
        self.activate = nn.Sequential(nn.BatchNorm2d(inputs), nn.ReLU())
        if block == "basic":
            first = nn.Conv2d(inputs, width, 3, stride, padding=1, bias=False)
            others = pre_activated(width, width, 3)
        else:
            first = nn.Conv2d(inputs, width, 1, bias=False)
            others = [*pre_activated(width, width, 3, stride), *pre_activated(width, outputs, 1)]
        self.branch = nn.Sequential(first, *others)

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the sum of shortcut and branch."""
        active = self.activate(x)
        shortcut = x if self.projection is None else self.projection(active)
        return shortcut + self.branch(active)


class PreActivationResNet(nn.Module):
    """Stem, stages of pre-activation blocks, a last normalisation and ReLU, global average pooling, linear classifier.

    Args:
        block: `basic` or `bottleneck`.
        blocks: Blocks of each stage; every stage but the first halves the resolution and doubles the width.
        width: Channels of the first stage.
        in_channels: Number C of input channels.
        classes: Number K of classes.

    Raises:
        ValueError: The block is unknown.

    Example:
        >>> PreActivationResNet(blocks=[1, 1], width=4, classes=5)(torch.zeros(2, 3, 32, 32)).shape
        torch.Size([2, 5])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        block: str = "basic",
        blocks: Sequence[int] = (1, 1),
        width: int = 4,
        in_channels: int = 3,
        classes: int = 5,
    ) -> None:
        super().__init__()
        if block not in EXPANSION:
            raise ValueError(f"block ({block!r}) must be one of {', '.join(EXPANSION)}")
        self.in_channels = in_channels
        self.stem = nn.Sequential(
            nn.Conv2d(in_channels, width, 7, 2, padding=3, bias=False), nn.MaxPool2d(3, 2, padding=1)
        )
        self.stages = nn.Sequential()
        channels = width
        for index, depth in enumerate(blocks):
            stage = nn.Sequential()
            for position in range(depth):
                stride = 2 if index > 0 and position == 0 else 1
                stage.append(PreActivationBlock(block, channels, width * 2**index, stride))
                channels = EXPANSION[block] * width * 2**index
            self.stages.append(stage)
        self.head = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU(), nn.AdaptiveAvgPool2d(1))
        self.classifier = nn.Linear(channels, classes)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B K"]:
        """Return the logits of the classes."""
        return self.classifier(self.head(self.trunk(x)).flatten(1))  # [B, D, 1, 1] -> [B, K]

    def trunk(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return the features before the head that pools them."""
        return self.stages(self.stem(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 32, W: int = 24) -> dict[str, Tensor]:
        """Return random images; height and width differ."""
        return {"x": torch.randn(B, self.in_channels, H, W, generator=generator)}
