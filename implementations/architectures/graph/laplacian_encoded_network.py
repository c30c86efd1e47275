"""Graph convolutional network with Laplacian position codes: every node gets where it is in the graph.

Source: Dwivedi et al. 2020, "Benchmarking graph neural networks" (dwivedi2020benchmarking); the layers are those of
Kipf & Welling (kipf2016semi).

Equations:
    h_v = W_0 x_v + b_0 + C p_v + c,   p_v = (v_1[v], ..., v_k[v]),   v_i: eigenvectors of I - D^-1/2 A D^-1/2
    H' = ReLU(A_hat H W + b),   A_hat = D^-1/2 (A + I) D^-1/2;   no ReLU after the last

Shapes: N nodes, E edges, F input features, U hidden units, G output features.
"""

from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.component.degree_normalised_aggregation import DegreeNormalisedAggregation
from implementations.concepts.position_code.laplacian_position_code import LaplacianPositionCode
from kb.guards import checked_arguments, checked_inputs


class LaplacianEncodedNetwork(nn.Module):
    """A linear embedding, to which codes of positions are added, and layers of graph convolution.

    Args:
        in_features: Number F of features of a node.
        hidden: Number U of hidden units.
        eigenvectors: Length of the code.
        layers: Number of layers.
        out_features: Number G of outputs of a node.

    Example:
        >>> net = LaplacianEncodedNetwork(in_features=4, out_features=2)
        >>> net(torch.zeros(5, 4), torch.tensor([[0, 1], [1, 0]])).shape
        torch.Size([5, 2])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 5,
        hidden: int = 8,
        eigenvectors: int = 2,
        layers: int = 2,
        out_features: int = 3,
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(in_features, hidden)
        self.position = LaplacianPositionCode(features=hidden, eigenvectors=eigenvectors)
        widths = [hidden] * layers + [out_features]
        self.maps = nn.ModuleList(nn.Linear(narrow, wide, bias=False) for narrow, wide in pairwise(widths))
        self.biases = nn.ParameterList(torch.zeros(wide) for wide in widths[1:])
        self.aggregate = DegreeNormalisedAggregation()

    @checked_inputs(edge_index="N")
    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the outputs of all nodes; `edge_index` lists sources and targets."""
        h = self.position(self.embedding(x), edge_index)
        last = len(self.maps) - 1
        for layer, (linear, bias) in enumerate(zip(self.maps, self.biases, strict=True)):
            h = self.aggregate(linear(h), edge_index) + bias
            h = h if layer == last else torch.relu(h)
        return h

    def example_inputs(self, generator: torch.Generator, *, N: int = 7, E: int = 10) -> dict[str, Tensor]:
        """Return random directed edges among all nodes but the last, which is isolated."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)
        edges = torch.stack([source, target])
        return {"x": torch.randn(N, self.embedding.in_features, generator=generator), "edge_index": edges}
