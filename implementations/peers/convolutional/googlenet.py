"""Peer of GoogLeNet: torchvision's with its auxiliary heads, as far as there are modules."""

from collections.abc import Callable, Sequence
from importlib import import_module

import torch
from torch import Tensor, nn

from implementations.peers.modules import with_our_weights
from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "all-modules": {
        "stem": [3, 5],
        "stages": [
            [[2, 3, 4, 1, 2, 1], [1, 2, 3, 2, 1, 2]],
            [[2, 2, 3, 1, 2, 1], [1, 3, 2, 1, 3, 2], [2, 2, 3, 1, 2, 1], [3, 1, 2, 2, 2, 1], [2, 2, 3, 1, 2, 3]],
            [[2, 2, 3, 1, 2, 1], [4, 3, 2, 1, 2, 2]],
        ],
        "heads": [3, 5],
        "batch": True,
        "in_channels": 3,
        "classes": 4,
    }
}
LETTERS = ("ab", "abcde", "ab")
"""Of the modules of each stage in torchvision, from the third layer on."""


def peer(*, stages: Sequence[Sequence[object]], heads: Sequence[int], batch: bool) -> Callable[..., object]:
    """Return the peer as a function of our weights."""
    if not batch:
        raise NotImplementedError("torchvision's has batch normalisation")
    import_torchvision()
    models = import_module("torchvision.models.googlenet")  # the attribute of this name is a function
    with torch.device("meta"):
        module = models.GoogLeNet(aux_logits=bool(heads), init_weights=False)
    for number, (letters, modules) in enumerate(zip(LETTERS, stages, strict=True), start=3):
        present = letters[: len(modules) - 1] + letters[-1] if number == 4 else letters[: len(modules)]
        for missing in set(letters) - set(present):  # in the middle, where the heads read the first module and the last
            setattr(module, f"inception{number}{missing}", nn.Identity())  # but one
    network = with_our_weights(WithAuxiliaryHeads(module) if heads else module)
    return network


class WithAuxiliaryHeads(nn.Module):
    """The library's network, which calls its heads in evaluation mode too."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return the logits of the classes, and those of the two heads, the lower first."""
        self.network.training = True  # training mode of the whole only, not of its layers
        found = self.network(x)
        return found.logits, found.aux_logits1, found.aux_logits2


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "torchvision",
        import_torchvision().models.googlenet(aux_logits=False, init_weights=False),
        {"x": torch.randn(2, 3, 224, 224, generator=generator)},
    )
