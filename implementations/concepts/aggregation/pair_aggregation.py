"""Pair aggregation: every pair of nodes adds up the pairs in which a neighbour stands for one of its two nodes.

Source: Morris et al. 2019, "Weisfeiler and Leman go neural", local neighbourhoods of sets of two nodes
(morris2019weisfeiler).

Equations:
    m_uv = sum over neighbours w of u of h_wv + sum over neighbours w of v of h_uw      h_uu = 0; h_uv = h_vu

Shapes: N nodes, E edges, D features of a pair.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class PairAggregation(nn.Module):
    """The sum over neighbouring pairs.

    Example:
        >>> pairs = torch.tensor([[0.0, 1.0, 5.0], [1.0, 0.0, 2.0], [5.0, 2.0, 0.0]])[:, :, None]
        >>> PairAggregation()(pairs, torch.tensor([[1, 2], [2, 1]]))[:, :, 0]
        tensor([[0., 5., 1.],
                [5., 0., 0.],
                [1., 0., 0.]])
    """

    def forward(self, h: Float[Tensor, "N N D"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N N D"]:
        """Return the sums for all pairs of different nodes; `edge_index` lists neighbours and nodes."""
        source, target = edge_index
        adjacency = h.new_zeros(h.shape[:2]).index_put((target, source), h.new_ones(len(source)), accumulate=True)
        distinct = 1 - torch.eye(len(h), dtype=h.dtype, device=h.device)[:, :, None]
        first = torch.einsum("uw,wvd->uvd", adjacency, h * distinct)
        return (first + first.transpose(0, 1)) * distinct

    def example_inputs(self, generator: torch.Generator, *, N: int = 5, E: int = 6) -> dict[str, Tensor]:
        """Return random features of pairs, the same in both orders, and edges among all nodes but the last."""
        h = torch.randn(N, N, 3, generator=generator)
        return {"h": h + h.transpose(0, 1), "edge_index": torch.randint(0, N - 1, (2, E), generator=generator)}
