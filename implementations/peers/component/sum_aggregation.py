"""Peer of the component: PyG's `SumAggregation`, called with our weights."""

from collections.abc import Callable

from torch import Tensor
from torch_geometric.nn.aggr import SumAggregation as Peer


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], messages: Tensor, receiver: Tensor) -> Tensor:
        return Peer()(messages, receiver, dim_size=6)

    return theirs
