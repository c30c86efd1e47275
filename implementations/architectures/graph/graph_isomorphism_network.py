"""Graph isomorphism network: adds up neighbours and node, and maps the sum by a multilayer perceptron.

Source: Xu et al. 2019, "How powerful are graph neural networks?", sec. 4.1 (xu2018how).

Equations:
    h_v' = MLP((1 + epsilon) h_v + sum over neighbours u of h_u)

Shapes: N nodes, E edges, F input features, G output features.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.component.sum_aggregation import SumAggregation
from kb.guards import checked_arguments, checked_inputs


class GINLayer(nn.Module):
    """A sum over neighbours and node, and a perceptron with one hidden layer."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.epsilon = nn.Parameter(torch.zeros(1))
        self.aggregate = SumAggregation()
        self.mlp = nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))

    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the new features of all nodes."""
        source, target = edge_index
        return self.mlp((1 + self.epsilon) * x + self.aggregate(x[source], target, len(x)))


class GraphIsomorphismNetwork(nn.Module):
    """Two layers with a rectified linear unit between them.

    Args:
        in_features: Number F of features of a node.
        hidden: Width of the hidden layers of the perceptrons, and of the features between the layers.
        out_features: Number G of outputs of a node.

    Example:
        >>> gin = GraphIsomorphismNetwork(in_features=4, hidden=8, out_features=2)
        >>> gin(torch.zeros(5, 4), torch.tensor([[0, 1], [1, 0]])).shape
        torch.Size([5, 2])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 5, hidden: int = 8, out_features: int = 3) -> None:
        super().__init__()
        self.in_features = in_features
        self.first = GINLayer(in_features, hidden, hidden)
        self.last = GINLayer(hidden, hidden, out_features)

    @checked_inputs(edge_index="N")
    def forward(self, x: Float[Tensor, "N F"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N G"]:
        """Return the outputs of all nodes; `edge_index` lists sources and targets.

        The paper has no self-loops. One that is given makes a node its own neighbour, in addition to its weight of 1 +
        epsilon.
        """
        return self.last(torch.relu(self.first(x, edge_index)), edge_index)

    def example_inputs(self, generator: torch.Generator, *, N: int = 7, E: int = 10) -> dict[str, Tensor]:
        """Return random directed edges among all nodes but the last, which is isolated."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)  # never the source itself
        edges = torch.stack([source, target])
        return {"x": torch.randn(N, self.in_features, generator=generator), "edge_index": edges}
