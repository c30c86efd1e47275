"""Peer of the component: `F.multi_margin_loss`, which divides by the number of candidates."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"strict": {"margin": 0.7}}


def peer(*, margin: float) -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], scores: Tensor, right: Tensor) -> Tensor:
        return scores.shape[1] * F.multi_margin_loss(scores, right, margin=margin, reduction="none")

    return theirs
