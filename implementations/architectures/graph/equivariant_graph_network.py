"""E(n)-equivariant graph network: features see distances only, and points move along the lines between them.

Source: Satorras, Hoogeboom & Welling 2021, "E(n) equivariant graph neural networks" (satorras2021en).

Equations:
    m_ij = phi_e(h_i, h_j, |x_i - x_j|^2, a_ij)
    x_i' = x_i + C sum over neighbours j of (x_i - x_j) phi_x(m_ij)
    h_i' = h_i + phi_h(h_i, sum over neighbours j of m_ij)

Shapes: N nodes, X coordinates, E edges, F input features, C edge features, G output features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.component.sum_aggregation import SumAggregation
from implementations.concepts.equivariant_layer.coordinate_update import CoordinateUpdate
from kb.guards import checked_arguments, checked_inputs


class Outputs(NamedTuple):
    """Features and coordinates of all nodes."""

    h: Float[Tensor, "N G"]
    x: Float[Tensor, "N X"]


class EquivariantLayer(nn.Module):
    """Messages from features and distances; new coordinates and new features from the messages."""

    def __init__(self, width: int, edge_features: int) -> None:
        super().__init__()
        self.message = nn.Sequential(
            nn.Linear(2 * width + 1 + edge_features, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU()
        )
        self.coordinate_update = CoordinateUpdate(messages=width)
        self.aggregate = SumAggregation()
        self.update = nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, width))

    def forward(
        self, h: Float[Tensor, "N D"], x: Float[Tensor, "N X"], edge_index: Int[Tensor, "2 E"], e: Float[Tensor, "E C"]
    ) -> tuple[Float[Tensor, "N D"], Float[Tensor, "N X"]]:
        """Return the new features and coordinates of all nodes."""
        source, target = edge_index
        distance = (x[target] - x[source]).square().sum(1, keepdim=True)  # [E, 1], squared
        m = self.message(torch.cat([h[target], h[source], distance, e], 1))  # [E, D]
        aggregated = self.aggregate(m, target, len(h))
        return h + self.update(torch.cat([h, aggregated], 1)), self.coordinate_update(x, m, edge_index)


class EquivariantGraphNetwork(nn.Module):
    """Layers on features and coordinates, with a linear map of the features before and after them.

    Args:
        in_features: Number F of features of a node.
        edge_features: Number C of features of an edge.
        width: Number of features and of units inside the layers.
        out_features: Number G of outputs of a node.
        layers: Number of layers.

    Example:
        >>> net = EquivariantGraphNetwork(in_features=4, edge_features=1, out_features=2)
        >>> edges = torch.tensor([[0, 1], [1, 0]])
        >>> net(torch.zeros(3, 4), torch.zeros(3, 3), edges, torch.zeros(2, 1)).x.shape
        torch.Size([3, 3])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 4,
        edge_features: int = 2,
        width: int = 6,
        out_features: int = 3,
        layers: int = 2,
    ) -> None:
        super().__init__()
        self.in_features, self.edge_features = in_features, edge_features
        self.embed = nn.Linear(in_features, width)
        self.layers = nn.ModuleList([EquivariantLayer(width, edge_features) for _ in range(layers)])
        self.read_out = nn.Linear(width, out_features)

    @checked_inputs(edge_index="N")
    def forward(
        self, h: Float[Tensor, "N F"], x: Float[Tensor, "N X"], edge_index: Int[Tensor, "2 E"], e: Float[Tensor, "E C"]
    ) -> Outputs:
        """Return features and coordinates of all nodes; `edge_index` lists sources and targets.

        The paper has no self-loops. One that is given is an edge like any other, of length 0.
        """
        h = self.embed(h)
        for layer in self.layers:
            h, x = layer(h, x, edge_index, e)
        return Outputs(self.read_out(h), x)

    def example_inputs(self, generator: torch.Generator, *, N: int = 6, E: int = 12, X: int = 3) -> dict[str, Tensor]:
        """Return random points, and random directed edges among all of them but the last, which is isolated."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)  # never the source itself
        return {
            "h": torch.randn(N, self.in_features, generator=generator),
            "x": torch.randn(N, X, generator=generator),
            "edge_index": torch.stack([source, target]),
            "e": torch.randn(E, self.edge_features, generator=generator),
        }
