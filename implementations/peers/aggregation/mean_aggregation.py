"""Peer of the component: PyG's `MeanAggregation`."""

from collections.abc import Callable

from torch import Tensor
from torch_geometric.nn.aggr import MeanAggregation as Peer


def peer() -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], messages: Tensor, receiver: Tensor) -> Tensor:
        return Peer()(messages, receiver, dim_size=6)

    return theirs
