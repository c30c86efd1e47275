"""Degree-normalised aggregation: a sum over neighbours and the node itself, each divided by the root of both degrees.

Source: Kipf & Welling, eq. 2 (kipf2016semi).

Equations:
    y_i = sum over edges (j, i) and (i, i) of x_j / sqrt(d_i d_j),   d: number of incoming edges plus one

Every node has one edge to itself, even if the given edges include it too.

Shapes: N nodes, E edges, F features.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class DegreeNormalisedAggregation(nn.Module):
    """Multiplication by D^-1/2 (A + I) D^-1/2, without building the matrix.

    Example:
        >>> edges = torch.tensor([[0, 1], [1, 0]])
        >>> DegreeNormalisedAggregation()(torch.tensor([[1.0], [3.0]]), edges).round(decimals=4)
        tensor([[2.],
                [2.]])
    """

    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N F"]:
        """Return the weighted sums; `edge_index` lists sources and targets, and self-loops in it are ignored."""
        source, target = edge_index
        counts = (source != target).to(x.dtype)
        degree = x.new_ones(len(x)).index_add(0, target, counts)
        scale = degree.rsqrt()
        messages = (counts * scale[source] * scale[target])[:, None] * x[source]
        return (x / degree[:, None]).index_add(0, target, messages)

    def example_inputs(self, generator: torch.Generator, *, N: int = 6, E: int = 8) -> dict[str, Tensor]:
        """Return random directed edges among all nodes but the last, which is isolated; the first edge is a loop."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)
        target[:1] = source[:1]
        return {"x": torch.randn(N, 3, generator=generator), "edge_index": torch.stack([source, target])}
