"""Peer of the component: `F.local_response_norm`, which divides alpha by the number of channels."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional as F

SIZES = {"strong": {"size": 3, "alpha": 0.2, "beta": 0.6, "k": 1.0}}


def peer(*, size: int, alpha: float, beta: float, k: float) -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return F.local_response_norm(x, size, alpha=size * alpha, beta=beta, k=k)

    return theirs
