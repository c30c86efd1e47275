"""Squeeze-and-excitation network: a residual network whose branches end in a scale for every channel.

Source: Hu, Shen & Sun 2018 (hu2018squeeze), sec. 3.3, Table 1 (SE-ResNet-50), sec. 4 (the reduction of 16).

Equations:
    y = ReLU(E(F(x)) + S(x))                      F and S: branch and shortcut of a residual network
    E(h)[c] = h[c] sigmoid(W_2 ReLU(W_1 mean(h) + b_1) + b_2)[c]

Shapes: B examples, C input channels, H height, W width, K classes.
"""

from collections.abc import Sequence

from implementations.architectures.convolutional.resnet import ResNet
from implementations.concepts.convolution_layer.squeeze_and_excitation import SqueezeAndExcitation
from kb.guards import checked_arguments


class SENet(ResNet):
    """A residual network with squeeze-and-excitation at the end of every branch.

    Args:
        block: `basic` or `bottleneck`.
        blocks: Blocks of each stage; every stage but the first halves the resolution and doubles the width.
        width: Channels of the first stage.
        reduction: Of so many channels one hidden unit of the excitation is made.
        in_channels: Number C of input channels.
        classes: Number K of classes.

    Example:
        >>> SENet(block="bottleneck").stages[0][0][0].branch[-1].squeeze.out_features
        1
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        block: str = "basic",
        blocks: Sequence[int] = (1, 1),
        width: int = 4,
        reduction: int = 16,
        in_channels: int = 3,
        classes: int = 5,
    ) -> None:
        super().__init__(block=block, blocks=blocks, width=width, in_channels=in_channels, classes=classes)
        for stage in self.stages:
            for residual, _ in stage:
                channels = residual.branch[-1].num_features
                residual.branch.append(SqueezeAndExcitation(channels=channels, hidden=max(1, channels // reduction)))
