"""Graph convolutional network: averages neighbour features with degree-normalised weights, then maps them linearly.

Source: Kipf & Welling, "Semi-supervised classification with graph convolutional networks", eq. 2 for a layer, eq. 9 for
the two-layer model (kipf2016semi).

Equations:
    H' = sigma(D^-1/2 (A + I) D^-1/2 H W),   D: degrees of A + I
    Z  = A_hat ReLU(A_hat X W_0) W_1,        A_hat = D^-1/2 (A + I) D^-1/2

Shapes: N nodes, E edges, F input features, G output features.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.component.degree_normalised_aggregation import DegreeNormalisedAggregation
from kb.guards import checked_arguments, checked_inputs


class GCN(nn.Module):
    """Layers of a linear map followed by degree-normalised averaging over neighbours and the node itself.

    Args:
        in_features: Number F of features of a node.
        hidden: Widths of the hidden layers.
        out_features: Number G of outputs of a node.

    Example:
        >>> gcn = GCN(in_features=4, hidden=[8], out_features=2)
        >>> gcn(torch.zeros(5, 4), torch.tensor([[0, 1], [1, 0]])).shape
        torch.Size([5, 2])
    """

    @checked_arguments(hidden=())
    def __init__(self, *, in_features: int = 5, hidden: Sequence[int] = (8,), out_features: int = 3) -> None:
        super().__init__()
        widths = [in_features, *hidden, out_features]
        self.maps = nn.ModuleList(nn.Linear(narrow, wide, bias=False) for narrow, wide in pairwise(widths))
        self.biases = nn.ParameterList(torch.zeros(wide) for wide in widths[1:])
        self.aggregate = DegreeNormalisedAggregation()

    @checked_inputs(edge_index="N")
    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the outputs of all nodes; `edge_index` lists sources and targets, with or without self-loops."""
        last = len(self.maps) - 1
        for layer, (linear, bias) in enumerate(zip(self.maps, self.biases, strict=True)):
            x = self.aggregate(linear(x), edge_index) + bias
            x = x if layer == last else torch.relu(x)
        return x

    def example_inputs(self, generator: torch.Generator, *, N: int = 7, E: int = 10) -> dict[str, Tensor]:
        """Return random directed edges among all nodes but the last, which is isolated; the first edge is a loop."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)
        target[:1] = source[:1]
        edges = torch.stack([source, target])
        return {"x": torch.randn(N, self.maps[0].in_features, generator=generator), "edge_index": edges}
