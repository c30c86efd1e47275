"""Simplified graph convolution: averages features over neighbourhoods K times, then applies one linear map.

Source: Wu et al. 2019, "Simplifying graph convolutional networks" (wu2019simplifying).

Equations:
    Z = S^K X Theta + b,   S = D^-1/2 (A + I) D^-1/2,   D: degrees of A + I

Shapes: N nodes, E edges, F input features, G output features.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.component.degree_normalised_aggregation import DegreeNormalisedAggregation
from kb.guards import checked_arguments, checked_inputs


class SimplifiedGraphConvolution(nn.Module):
    """Propagation without weights, and a linear map of every node.

    Args:
        in_features: Number F of features of a node.
        out_features: Number G of outputs of a node.
        steps: How often features are averaged.

    Example:
        >>> network = SimplifiedGraphConvolution(in_features=4, out_features=2)
        >>> network(torch.zeros(5, 4), torch.tensor([[0, 1], [1, 0]])).shape
        torch.Size([5, 2])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 5, out_features: int = 3, steps: int = 2) -> None:
        super().__init__()
        self.steps = steps
        self.aggregate = DegreeNormalisedAggregation()
        self.linear = nn.Linear(in_features, out_features)

    @checked_inputs(edge_index="N")
    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the outputs of all nodes; `edge_index` lists sources and targets, with or without self-loops."""
        for _ in range(self.steps):
            x = self.aggregate(x, edge_index)
        return self.linear(x)

    def example_inputs(self, generator: torch.Generator, *, N: int = 7, E: int = 10) -> dict[str, Tensor]:
        """Return random directed edges among all nodes but the last, which is isolated; the first edge is a loop."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)
        target[:1] = source[:1]
        edges = torch.stack([source, target])
        return {"x": torch.randn(N, self.linear.in_features, generator=generator), "edge_index": edges}
