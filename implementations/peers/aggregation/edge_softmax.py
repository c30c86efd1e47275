"""Peer of the component: PyG's `softmax` over groups."""

from collections.abc import Callable

from torch import Tensor
from torch_geometric.utils import softmax


def peer() -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], scores: Tensor, receiver: Tensor) -> Tensor:
        return softmax(scores, receiver, num_nodes=6)

    return theirs
