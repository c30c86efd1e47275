"""Laplacian position code: eigenvectors of the graph Laplacian, as features of the nodes.

Source: Dwivedi et al. 2020, "Benchmarking graph neural networks" (dwivedi2020benchmarking).

Equations:
    L = I - D^-1/2 A D^-1/2,   L v_i = lambda_i v_i,   lambda_0 <= lambda_1 <= ...
    p_v = (v_1[v], ..., v_k[v]);   h_v = x_v + C p_v + c

An eigenvector is determined up to its sign at best, and those of equal eigenvalues are any basis of their space. Here
the sum of the entries, divided by 1, 2, 3 ..., is not negative, and eigenvectors of equal eigenvalues are also those of
this division, restricted to their space: signs and bases depend on the numbering of the nodes, not on rounding.

Shapes: N nodes, E edges, D features of a node.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

EQUAL = 1e-9
"""A difference of eigenvalues that is rounding."""


class LaplacianPositionCode(nn.Module):
    """Adds a linear map of the code to the features of every node.

    Args:
        features: Number D of features of a node.
        eigenvectors: Length k of the code: the first eigenvector, the root of the degrees, is left out.

    Example:
        >>> edges = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])
        >>> LaplacianPositionCode(eigenvectors=1).code(edges, 3).abs().float().round(decimals=4).T
        tensor([[0.7071, 0.0000, 0.7071]])
    """

    @checked_arguments()
    def __init__(self, *, features: int = 4, eigenvectors: int = 2) -> None:
        super().__init__()
        self.eigenvectors = eigenvectors
        self.map = nn.Linear(eigenvectors, features)

    def forward(self, x: Float[Tensor, "N D"], edge_index: Int[Tensor, "2 E"]) -> Float[Tensor, "N D"]:
        """Return the features of all nodes with their mapped codes; directions of edges do not matter."""
        return x + self.map(self.code(edge_index, len(x)).to(x.dtype))

    def code(self, edge_index: Int[Tensor, "2 E"], nodes: int) -> Float[Tensor, "N k"]:
        """Return the eigenvectors of all small eigenvalues but the smallest, as doubles; zeros where there are none."""
        source, target = edge_index
        adjacency = torch.zeros(nodes, nodes, dtype=torch.float64, device=edge_index.device)
        adjacency[source, target] = adjacency[target, source] = 1.0
        adjacency.fill_diagonal_(0)
        scale = adjacency.sum(1).clamp(min=1).rsqrt()
        identity = torch.eye(nodes, dtype=torch.float64, device=edge_index.device)
        weights = 1 / torch.arange(1, nodes + 1, dtype=torch.float64, device=edge_index.device)
        values, vectors = torch.linalg.eigh(identity - scale[:, None] * adjacency * scale)
        vectors = settled(values, vectors, weights)[:, 1 : self.eigenvectors + 1]
        signs = torch.where(weights @ vectors < 0, -1.0, 1.0)
        return F.pad(signs * vectors, (0, self.eigenvectors - vectors.shape[1]))

    def example_inputs(self, generator: torch.Generator, *, N: int = 6, E: int = 8) -> dict[str, Tensor]:
        """Return random edges among all nodes but the last, which is isolated."""
        edges = torch.randint(0, N - 1, (2, E), generator=generator)
        return {"x": torch.randn(N, self.map.out_features, generator=generator), "edge_index": edges}


def settled(
    values: Float[Tensor, " N"], vectors: Float[Tensor, "N N"], weights: Float[Tensor, " N"]
) -> Float[Tensor, "N N"]:
    """Return eigenvectors of which those of equal eigenvalues are also eigenvectors of the weights in their space."""
    space = F.pad(values.diff() > EQUAL, (1, 0)).cumsum(0)
    same = space[:, None] == space
    turned = torch.where(same, vectors.mT @ (weights[:, None] * vectors), 0.0)
    return vectors @ torch.linalg.eigh(turned + torch.diag(2.0 * space)).eigenvectors  # spaces stay in their order
