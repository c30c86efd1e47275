"""Alignment network: a matrix is predicted from a whole point cloud, and applied to each of its points.

Source: Qi et al. 2017, "PointNet", the T-Net (qi2017pointnet).

Equations:
    A = I + reshape(W rho(max over t of phi(x_t)) + b),   x'_t = x_t A
    phi, rho: perceptrons with normalised layers, of widths U, 2U, 16U and 8U, 4U

Shapes: B point clouds, T points, D features of a point.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.pooling.global_max_pooling import GlobalMaxPooling
from kb.guards import checked_arguments


class AlignmentNetwork(nn.Module):
    """Linear maps with batch normalisation and rectifiers for each point, and for the maximum; then a matrix.

    Args:
        features: Number D of features of a point.
        width: Number U of units of the first layer, 64 in the paper.
    """

    @checked_arguments()
    def __init__(self, *, features: int = 3, width: int = 2) -> None:
        super().__init__()
        self.features = features
        self.points = normalised_layers(features, width, 2 * width, 16 * width)
        self.pool = GlobalMaxPooling()
        self.cloud = normalised_layers(16 * width, 8 * width, 4 * width)
        self.matrix = nn.Linear(4 * width, features**2)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return all points, multiplied by the matrix of their cloud."""
        pooled = self.pool(self.points(x.flatten(0, 1)).unflatten(0, x.shape[:2]))  # [B, 16 U]
        change = self.matrix(self.cloud(pooled)).unflatten(1, (self.features, self.features))
        return x + x @ change

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 5) -> dict[str, Tensor]:
        """Return random point clouds."""
        return {"x": torch.randn(B, T, self.features, generator=generator)}


def normalised_layers(*widths: int) -> nn.Sequential:
    """Return linear layers, each followed by batch normalisation and a rectifier, for inputs `[examples, features]`."""
    layers: list[nn.Module] = []
    for narrow, wide in pairwise(widths):
        layers += [nn.Linear(narrow, wide), nn.BatchNorm1d(wide), nn.ReLU()]
    return nn.Sequential(*layers)
