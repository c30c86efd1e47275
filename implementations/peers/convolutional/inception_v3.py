"""Peer of Inception-v3: torchvision's with its auxiliary head, as far as there are modules."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "auxiliary": {"fine": 3, "middle": [5, 2, 3, 4], "coarse": 2, "auxiliary": True, "classes": 4, "H": 299, "W": 299},
    "two-units": {"unit": 2, "fine": 2, "middle": [3, 4]},
}
LETTERS = {5: "bcd", 6: "bcde", 7: "bc"}
"""Of the modules that keep the resolution, by the number of the layer in torchvision."""


def peer(*, fine: int, middle: Sequence[int], coarse: int, auxiliary: bool) -> Callable[..., object]:
    """Return the peer as a function of our weights."""
    with torch.device("meta"):
        module = import_torchvision().models.Inception3(aux_logits=auxiliary, init_weights=False)
    for (number, letters), present in zip(LETTERS.items(), (fine, len(middle), coarse), strict=True):
        for missing in letters[present:]:
            setattr(module, f"Mixed_{number}{missing}", nn.Identity())
    return with_our_weights(WithAuxiliaryHeads(module) if auxiliary else module)


class WithAuxiliaryHeads(nn.Module):
    """The library's network, which calls its head in evaluation mode too."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the logits of the classes, and those of the head."""
        self.network.training = True  # training mode of the whole only, not of its layers
        return tuple(self.network(x))


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "szegedy-2016",
        import_torchvision().models.inception_v3(aux_logits=False, init_weights=False),
        {"x": torch.randn(1, 3, 299, 299, generator=generator)},
    )
