"""Graph attention coefficients: the weight with which a node attends to each of its neighbours.

Source: Velickovic et al., eq. 1-3 (velickovic2017graph).

Equations:
    e_ij     = LeakyReLU(a_dst . v_i + a_src . v_j, slope 0.2)
    alpha_ij = exp(e_ij) / sum over edges (k, i) of exp(e_ik)

Shapes: N nodes, E edges, heads, G features of a head.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class GraphAttentionCoefficients(nn.Module):
    """Additive scores of edges, normalised over the edges that lead to the same node.

    Args:
        heads: Number of heads.
        features: Number G of features of a head.
        slope: Slope of the leaky rectifier below zero.
    """

    @checked_arguments()
    def __init__(self, *, heads: int = 2, features: int = 3, slope: float = 0.2) -> None:
        super().__init__()
        self.slope = slope
        self.source = nn.Parameter(torch.empty(heads, features))
        self.target = nn.Parameter(torch.empty(heads, features))
        nn.init.xavier_uniform_(self.source)
        nn.init.xavier_uniform_(self.target)

    def forward(
        self, values: Float[Tensor, "N heads G"], edges: Int[Tensor, "2 E"], counted: Bool[Tensor, " E"] | None = None
    ) -> Float[Tensor, "E heads"]:
        """Return one weight for every edge and head; those of the edges into a node sum to one.

        An edge that is not `counted`, such as a duplicate, has the weight 0. By default all edges are counted.
        """
        source, target = edges
        by_source, by_target = ((values * a).sum(2) for a in (self.source, self.target))  # [N, heads]
        scores = F.leaky_relu(by_source[source] + by_target[target], self.slope)
        index = target[:, None].expand_as(scores)
        # The largest score of each node is subtracted, so that the exponential cannot overflow.
        largest = scores.new_full(by_source.shape, -torch.inf).scatter_reduce(0, index, scores.detach(), "amax")
        weights = (scores - largest[target]).exp()
        weights = weights if counted is None else weights * counted[:, None]
        totals = torch.zeros_like(by_source).index_add(0, target, weights)
        return weights / totals[target]

    def example_inputs(self, generator: torch.Generator, *, N: int = 5, E: int = 8) -> dict[str, Tensor]:
        """Return random values and edges."""
        return {
            "values": torch.randn(N, *self.source.shape, generator=generator),
            "edges": torch.randint(0, N, (2, E), generator=generator),
        }
