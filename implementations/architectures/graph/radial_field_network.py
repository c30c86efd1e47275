"""Radial field network: points move along the lines between them, by amounts that depend on the distance.

Source: Koehler, Klein & Noe 2019, "Equivariant flows: sampling configurations for multi-body systems with symmetric
energies" (kohler2019equivariant), in the form that Satorras, Hoogeboom & Welling 2021 compare with (satorras2021en).

Equations:
    r_ij = x_i - x_j
    m_ij = phi(|r_ij|, a_ij) r_ij
    x_i' = x_i + mean over neighbours j of m_ij

Shapes: N nodes, X coordinates, E edges, C features of an edge.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.aggregation.mean_aggregation import MeanAggregation
from kb.guards import checked_arguments, checked_inputs


class RadialFieldLayer(nn.Module):
    """One function of all distances, and the mean of the displacements."""

    def __init__(self, edge_features: int, width: int) -> None:
        super().__init__()
        self.phi = nn.Sequential(
            nn.Linear(1 + edge_features, width), nn.SiLU(), nn.Linear(width, 1, bias=False), nn.Tanh()
        )
        self.aggregate = MeanAggregation()

    def forward(
        self, x: Float[Tensor, "N X"], edge_index: Int[Tensor, "2 E"], e: Float[Tensor, "E C"]
    ) -> Float[Tensor, "N X"]:
        """Return the new coordinates of all nodes."""
        source, target = edge_index
        difference = x[target] - x[source]
        distance = torch.linalg.vector_norm(difference, dim=1, keepdim=True)  # [E, 1]
        m = self.phi(torch.cat([distance, e], 1)) * difference  # [E, X]
        return x + self.aggregate(m, target, len(x))


class RadialFieldNetwork(nn.Module):
    """Some layers, each with its own weights.

    Args:
        edge_features: Number C of features of an edge.
        width: Hidden units of the function of the distance.
        layers: Number of layers.

    Example:
        >>> net, edges = RadialFieldNetwork(edge_features=1), torch.tensor([[0, 1], [1, 0]])
        >>> net(torch.zeros(3, 3), edges, torch.zeros(2, 1)).shape
        torch.Size([3, 3])
    """

    @checked_arguments()
    def __init__(self, *, edge_features: int = 2, width: int = 5, layers: int = 2) -> None:
        super().__init__()
        self.edge_features = edge_features
        self.layers = nn.ModuleList(RadialFieldLayer(edge_features, width) for _ in range(layers))

    @checked_inputs(edge_index="N")
    def forward(
        self, x: Float[Tensor, "N X"], edge_index: Int[Tensor, "2 E"], e: Float[Tensor, "E C"]
    ) -> Float[Tensor, "N X"]:
        """Return the coordinates after the last layer; `edge_index` lists sources and targets."""
        for layer in self.layers:
            x = layer(x, edge_index, e)
        return x

    def example_inputs(self, generator: torch.Generator, *, N: int = 6, E: int = 12, X: int = 3) -> dict[str, Tensor]:
        """Return random points, and random directed edges among all of them but the last, which is isolated."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)  # never the source itself
        return {
            "x": torch.randn(N, X, generator=generator),
            "edge_index": torch.stack([source, target]),
            "e": torch.randn(E, self.edge_features, generator=generator),
        }
