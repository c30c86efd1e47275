"""Peer of the component: `F.cross_entropy`, of which it is a use."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F


def peer() -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], scores: Tensor, right: Tensor) -> Tensor:
        return F.cross_entropy(scores, right, reduction="none")

    return theirs
