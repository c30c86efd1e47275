"""Peer of the component: `F.hinge_embedding_loss`, which has the distance and the shortfall that are squared here."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"far": {"margin": 2.5}}


def peer(*, margin: float) -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], distance: Tensor, different: Tensor) -> Tensor:
        return F.hinge_embedding_loss(distance, 1 - 2 * different, margin, reduction="none").square() / 2

    return theirs
