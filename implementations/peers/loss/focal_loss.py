"""Peer of the focal loss: torchvision's."""

from collections.abc import Callable

from torch import Tensor

from implementations.peers.torchvision_models import import_torchvision

SIZES = {"less-focus": {"focus": 0.5, "share": 0.4}}


def peer(*, focus: float, share: float) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights, of which there are none."""
    loss = import_torchvision().ops.sigmoid_focal_loss

    def theirs(weights: dict[str, Tensor], logits: Tensor, target: Tensor) -> Tensor:
        return loss(logits, target.to(logits), alpha=share, gamma=focus)

    return theirs
