"""Softmax over incoming edges: scores of edges become weights that sum to one over the edges into each node.

Source: Velickovic et al. 2018, eq. 2 (velickovic2017graph).

Equations:
    alpha_k = exp(e_k) / sum over edges l with r_l = r_k of exp(e_l)

Shapes: E edges, heads, N nodes.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn


class EdgeSoftmax(nn.Module):
    """One softmax for the edges into each node.

    Example:
        >>> EdgeSoftmax()(torch.zeros(3, 1), torch.tensor([0, 0, 1]), 2).flatten()
        tensor([0.5000, 0.5000, 1.0000])
    """

    def forward(
        self, scores: Float[Tensor, "E heads"], receiver: Int[Tensor, " E"], nodes: int = 6
    ) -> Float[Tensor, "E heads"]:
        """Return the weights of all edges, for `nodes` nodes."""
        # The largest score of each node is subtracted, so that the exponential cannot overflow.
        index = receiver[:, None].expand_as(scores)
        lowest = scores.new_full((nodes, scores.shape[1]), -torch.inf)
        largest = lowest.scatter_reduce(0, index, scores.detach(), "amax")
        weights = (scores - largest[receiver]).exp()
        totals = torch.zeros_like(largest).index_add(0, receiver, weights)
        return weights / totals[receiver]

    def example_inputs(self, generator: torch.Generator, *, E: int = 8) -> dict[str, Tensor]:
        """Return random scores of edges to the first five of six nodes."""
        return {
            "scores": torch.randn(E, 3, generator=generator),
            "receiver": torch.randint(0, 5, (E,), generator=generator),
        }
