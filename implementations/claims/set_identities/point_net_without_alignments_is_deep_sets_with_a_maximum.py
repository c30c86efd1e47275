"""Exact relation: PointNet whose alignment networks return the identity is Deep Sets with a maximum.

Source: Qi et al. 2017, eq. 1 and sec. 4.2 (qi2017pointnet); Zaheer et al. 2017, Theorem 2 (zaheer2017deep).

Method: a random PointNet in evaluation mode, whose alignment networks end in weights of zero. Deep Sets gets its layers
for points, its maximum, and its classifier.

Measures:
    agreement_error: difference of the outputs.
    critical_error: difference of the outputs where only points that attain a maximum are left.
    aligned_difference: difference of the outputs with random alignments.
    summed_difference: difference of the outputs with a sum in place of the maximum.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.set.deep_sets import DeepSets
from implementations.architectures.set.point_net import PointNet
from implementations.claims.agreement import difference
from implementations.concepts.aggregation.sum_pooling import SumPooling

CLOUDS, POINTS, COORDINATES = 3, 40, 3


def run(seed: int) -> dict[str, float]:
    """Compare the two on random clouds.

    Args:
        seed: Seed of weights and clouds.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    network = PointNet(coordinates=COORDINATES).double().eval()
    for parameter in network.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    x = torch.randn(CLOUDS, POINTS, COORDINATES, generator=generator, dtype=torch.float64)
    aligned = network(x)
    for alignment in (network.align, network.align_features):
        nn.init.zeros_(alignment.matrix.weight)
        nn.init.zeros_(alignment.matrix.bias)
    sets, found = on_points(network), network(x)
    fewer = torch.cat([sets(critical(sets, cloud)[None]) for cloud in x])
    sets.pool = SumPooling()
    return {
        "agreement_error": difference(on_points(network)(x), found),
        "critical_error": difference(fewer, found),
        "aligned_difference": difference(aligned, found),
        "summed_difference": difference(sets(x), found),
    }


def on_points(network: PointNet) -> DeepSets:
    """Return Deep Sets with the layers of a PointNet, and its maximum."""
    sets = DeepSets(in_features=COORDINATES)
    sets.phi = EachPoint(network.first, network.second)
    sets.pool, sets.rho = network.pool, network.classifier
    return sets


class EachPoint(nn.Sequential):
    """Layers that expect examples on the first axis, for points on the second."""

    def forward(self, x: Tensor) -> Tensor:
        """Return the features of all points, `[B, T, D]`."""
        features: Tensor = super().forward(x.flatten(0, 1))
        return features.unflatten(0, x.shape[:2])


def critical(sets: DeepSets, cloud: Tensor) -> Tensor:
    """Return the points of a cloud of which a feature is the largest."""
    return cloud[sets.phi(cloud[None])[0].argmax(0).unique()]
