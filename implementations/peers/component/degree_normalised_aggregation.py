"""Peer of degree-normalised aggregation: PyG's `gcn_norm`, as a dense matrix."""

from collections.abc import Callable

from torch import Tensor
from torch_geometric.nn.conv.gcn_conv import gcn_norm


def peer() -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, edge_index: Tensor) -> Tensor:
        edges, values = gcn_norm(edge_index, num_nodes=len(x), dtype=x.dtype)
        matrix = x.new_zeros(len(x), len(x)).index_put((edges[1], edges[0]), values, accumulate=True)
        return matrix @ x

    return theirs
