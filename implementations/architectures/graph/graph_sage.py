"""GraphSAGE: every node maps its own features and the mean of its neighbours' by two matrices, and adds them.

Source: Hamilton, Ying & Leskovec 2017, "Inductive representation learning on large graphs" (hamilton2017inductive).

Equations:
    m_v  = mean of h_u over the neighbours u of v      zero without neighbours
    h'_v = ReLU(W_1 m_v + W_2 h_v + b)                 no rectified linear unit after the last layer

Shapes: N nodes, E edges, F input features, G output features.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.aggregation.mean_aggregation import MeanAggregation
from kb.guards import checked_arguments, checked_inputs


class Layer(nn.Module):
    """Maps a node's features and the mean of its neighbours' features."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.neighbours = nn.Linear(in_features, out_features)
        self.self = nn.Linear(in_features, out_features, bias=False)
        self.aggregate = MeanAggregation()

    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the sums of both maps; `edge_index` lists sources and targets."""
        source, target = edge_index
        return self.neighbours(self.aggregate(x[source], target, len(x))) + self.self(x)


class GraphSAGE(nn.Module):
    """Layers of means over neighbours, with rectified linear units between them.

    Args:
        in_features: Number F of features of a node.
        hidden: Widths of the hidden layers.
        out_features: Number G of outputs of a node.

    Example:
        >>> network = GraphSAGE(in_features=4, hidden=[8], out_features=2)
        >>> network(torch.zeros(5, 4), torch.tensor([[0, 1], [1, 0]])).shape
        torch.Size([5, 2])
    """

    @checked_arguments(hidden=())
    def __init__(self, *, in_features: int = 5, hidden: Sequence[int] = (8,), out_features: int = 3) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(*sizes) for sizes in pairwise([in_features, *hidden, out_features]))

    @checked_inputs(edge_index="N")
    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the outputs of all nodes; `edge_index` lists sources and targets."""
        for number, layer in enumerate(self.layers):
            x = layer(torch.relu(x) if number else x, edge_index)
        return x

    def example_inputs(self, generator: torch.Generator, *, N: int = 7, E: int = 10) -> dict[str, Tensor]:
        """Return random directed edges among all nodes but the last, which is isolated."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)
        edges = torch.stack([source, target])
        return {"x": torch.randn(N, self.layers[0].self.in_features, generator=generator), "edge_index": edges}
