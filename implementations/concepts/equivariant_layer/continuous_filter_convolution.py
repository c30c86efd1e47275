"""Continuous-filter convolution: the filter is a function of the distance between two points.

Source: Schütt et al. 2017, "SchNet" (schutt2017schnet), with the smooth end of the filters of PyG's implementation.

Equations:
    e_k(d) = exp(-gamma (d - mu_k)^2),   mu_k from 0 to the cutoff, gamma = 1 / (2 (mu_1 - mu_0)^2)
    w(d) = c(d) (W_2 ssp(W_1 e(d) + b_1) + b_2),   c(d) = (cos(pi d / cutoff) + 1) / 2, and 0 beyond the cutoff
    y_i = sum over neighbours j of x_j * w(|r_i - r_j|)        ssp(x) = log(1 + e^x) - log 2

Shapes: N nodes, E edges, D features of a node; R distances, K Gaussians.
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.activation.shifted_softplus import ShiftedSoftplus
from implementations.concepts.component.sum_aggregation import SumAggregation
from kb.guards import checked_arguments


class ContinuousFilterConvolution(nn.Module):
    """A perceptron from a distance to the weight of every feature, and the weighted sum over neighbours.

    Args:
        features: Number D of features of a node.
        gaussians: Number K of Gaussians that encode a distance.
        cutoff: Distance from which on nothing is seen.

    Raises:
        ValueError: One Gaussian has no distance to the next, or the cutoff is not positive.
    """

    @checked_arguments()
    def __init__(self, *, features: int = 4, gaussians: int = 5, cutoff: float = 10.0) -> None:
        super().__init__()
        if gaussians < 2:
            raise ValueError(f"gaussians ({gaussians}) must be at least 2: their distance sets their width")
        if cutoff <= 0:
            raise ValueError(f"cutoff ({cutoff}) must be positive")
        self.features, self.gaussians, self.cutoff = features, gaussians, cutoff
        self.filter = nn.Sequential(nn.Linear(gaussians, features), ShiftedSoftplus(), nn.Linear(features, features))
        self.aggregate = SumAggregation()

    def forward(
        self, h: Float[Tensor, "N D"], x: Float[Tensor, "N X"], edge_index: Int[Tensor, "2 E"]
    ) -> Float[Tensor, "N D"]:
        """Return the sums of all nodes at the points x; `edge_index` lists sources and targets."""
        source, target = edge_index
        weights = self.weights((x[target] - x[source]).square().sum(1).sqrt())
        return self.aggregate(weights * h[source], target, len(h))

    def weights(self, distances: Float[Tensor, " R"]) -> Float[Tensor, "R D"]:
        """Return the weight of every feature at some distances."""
        numbers = torch.arange(self.gaussians, dtype=distances.dtype, device=distances.device)
        scaled = distances * ((self.gaussians - 1) / self.cutoff)  # in units of the distance of two centres
        encoded = torch.exp(-0.5 * (scaled[:, None] - numbers).square())
        envelope = (torch.cos(distances.clamp(max=self.cutoff) * (math.pi / self.cutoff)) + 1) / 2
        return envelope[:, None] * self.filter(encoded)

    def example_inputs(self, generator: torch.Generator, *, N: int = 6, E: int = 8, X: int = 3) -> dict[str, Tensor]:
        """Return random points along random edges; the last node has no neighbours."""
        source = torch.randint(0, N - 1, (E,), generator=generator)
        target = (source + torch.randint(1, N - 1, (E,), generator=generator)) % (N - 1)
        return {
            "h": torch.randn(N, self.features, generator=generator),
            "x": torch.randn(N, X, generator=generator),
            "edge_index": torch.stack([source, target]),
        }
