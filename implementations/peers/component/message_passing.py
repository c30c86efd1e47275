"""Peer of message passing: PyG's `MessagePassing`, with our two linear maps as its message and update."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F
from torch_geometric.nn import MessagePassing as Base


class Peer(Base):
    """One step of message passing with given weights."""

    def __init__(self) -> None:
        super().__init__(aggr="sum")

    def forward(self, x: Tensor, edge_index: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Return the sum of messages to every node."""
        return self.propagate(edge_index, x=x, weight=weight, bias=bias)

    def message(self, x_i: Tensor, x_j: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Return the message along every edge, from receiver and sender."""
        return F.linear(torch.cat([x_i, x_j], 1), weight, bias)


SIZES = {"odd": {"features": 5}}


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    layer = Peer()

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor) -> Tensor:
        received = layer(x, edge_index, weights["message.weight"], weights["message.bias"])
        return F.linear(torch.cat([x, received], 1), weights["update.weight"], weights["update.bias"]).relu()

    return theirs
