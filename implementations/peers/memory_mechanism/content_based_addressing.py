"""Peer of the component: `F.cosine_similarity` and a softmax."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F


def peer() -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], key: Tensor, strength: Tensor, memory: Tensor) -> Tensor:
        return F.softmax(F.cosine_similarity(key[:, None], memory, dim=2) * strength[:, None], dim=1)

    return theirs
