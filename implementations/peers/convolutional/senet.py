"""Peer of the squeeze-and-excitation network: timm's, as far as there are stages."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.timm_models import import_timm

SIZES = {
    "four-stages": {"blocks": [2, 1, 1, 2], "width": 3, "reduction": 1, "in_channels": 2, "classes": 4},
    "bottleneck-stages": {"block": "bottleneck", "blocks": [2, 1, 3], "width": 6, "reduction": 4},
}


def peer(*, block: str, blocks: Sequence[int]) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights; its excitations are 1x1 convolutions, and all its widths larger."""
    models = import_timm("models.resnet")
    kinds = {"basic": models.BasicBlock, "bottleneck": models.Bottleneck}
    with torch.device("meta"):
        module = models.ResNet(kinds[block], [*blocks, 1, 1, 1][:4], block_args={"attn_layer": "se"})
    for missing in range(len(blocks) + 1, 5):
        setattr(module, f"layer{missing}", nn.Identity())
    dense = {name for name in module.state_dict() if ".se." in name and name.endswith("weight")}
    names = list(module.state_dict())

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        pairs = zip(names, weights.values(), strict=True)
        return {name: value[:, :, None, None] if name in dense else value for name, value in pairs}

    return with_our_weights(module, translated)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    model = import_timm("models").create_model("seresnet50")
    return "se-resnet-50", model, {"x": torch.randn(2, 3, 160, 160, generator=generator)}
