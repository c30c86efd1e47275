"""ResNeXt: a residual network whose branches are sums of many narrow ones, computed by grouped convolutions.

Source: Xie et al. 2017 (xie2017aggregated), eq. 2 and 3, Fig. 3c (the form that is computed), Table 1 (the layout).

Equations:
    y = ReLU(S(x) + sum over paths i of T_i(x))                 S: shortcut of a residual network
    T_i: 1x1 to d channels, 3x3, 1x1 to all channels; each followed by batch normalisation, the last after the sum

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence

from torch import nn

from implementations.architectures.convolutional.resnet import ResNet, convolution
from kb.guards import checked_arguments


def aggregated(inputs: int, outputs: int, paths: int, path: int, stride: int) -> nn.Sequential:
    """Return the sum of all paths: their first layers are one layer, their last are one, and the middle is grouped."""
    inside = paths * path
    grouped = nn.Conv2d(inside, inside, 3, stride, padding=1, groups=paths, bias=False)
    return nn.Sequential(
        *convolution(inputs, inside, 1),
        nn.ReLU(),
        grouped,
        nn.BatchNorm2d(inside),
        nn.ReLU(),
        *convolution(inside, outputs, 1),
    )


class ResNeXt(ResNet):
    """A residual network of bottlenecks, each of whose branches is replaced by the sum of many narrower ones.

    Args:
        blocks: Blocks of each stage; every stage but the first halves the resolution and doubles all widths.
        width: Channels of the stem, a quarter of those between the blocks of the first stage.
        cardinality: Number of paths.
        path: Channels d of a path in the first stage.
        in_channels: Number C of input channels.
        classes: Number K of classes.

    Example:
        >>> ResNeXt(cardinality=2, path=3).stages[0][0][0].branch[3]
        Conv2d(6, 6, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), groups=2, bias=False)
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        blocks: Sequence[int] = (1, 1),
        width: int = 4,
        cardinality: int = 2,
        path: int = 2,
        in_channels: int = 3,
        classes: int = 5,
    ) -> None:
        super().__init__(block="bottleneck", blocks=blocks, width=width, in_channels=in_channels, classes=classes)
        for index, stage in enumerate(self.stages):
            for residual, _ in stage:
                first, middle, last = (residual.branch[position] for position in (0, 3, 6))
                residual.branch = aggregated(
                    first.in_channels, last.out_channels, cardinality, path * 2**index, middle.stride[0]
                )
