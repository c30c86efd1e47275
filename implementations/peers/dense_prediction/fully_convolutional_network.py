"""Peer of the fully convolutional network: torchvision's, on its dilated residual network."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "four-stages": {"blocks": [1, 2, 2, 2], "width": 3, "in_channels": 2, "dilated": 2, "classes": 3},
    "strided": {"block": "basic", "blocks": [2, 1, 1], "dilated": 0},
}


class Scores(nn.Module):
    """The scores alone, of what the library's network returns by name."""

    def __init__(self, body: nn.Module, last: str, channels: int, classes: int) -> None:
        super().__init__()
        library = import_torchvision()
        fcn = library.models.segmentation.fcn
        features = library.models._utils.IntermediateLayerGetter(body, return_layers={last: "out"})
        self.network = fcn.FCN(features, fcn.FCNHead(channels, classes))

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of the classes at every pixel."""
        return self.network(x)["out"]


def peer(*, block: str, blocks: Sequence[int], dilated: int, skips: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights, which determine its widths."""
    if skips:
        raise NotImplementedError("torchvision's network has scores of the last stage only")
    resnet = import_torchvision().models.resnet
    kind = {"basic": resnet.BasicBlock, "bottleneck": resnet.Bottleneck}[block]
    stages = len(blocks)
    replaced = [stages - dilated <= stage < stages for stage in (1, 2, 3)]
    with torch.device("meta"):
        body = resnet.ResNet(kind, [*blocks, 1, 1, 1][:4], replace_stride_with_dilation=replaced)
        module = Scores(body, f"layer{stages}", channels=4, classes=1)
    return with_our_weights(module)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    library = import_torchvision().models
    body = library.resnet50(replace_stride_with_dilation=[False, True, True])
    return "resnet-50", Scores(body, "layer4", 2048, 21), {"x": torch.randn(1, 3, 128, 128, generator=generator)}
