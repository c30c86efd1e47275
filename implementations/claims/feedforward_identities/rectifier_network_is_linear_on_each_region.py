"""Experiment: a rectifier network without biases against the linear model whose matrix is its Jacobian at a point.

Source: Montufar et al. 2014 (montufar2014linear), for linear regions.

Measures:
    agreement_error: largest difference at the point, at multiples of it, and at near points of the same region.
    other_region_difference: the same at the opposite point, which lies in another region.
    biased_difference: difference at the point for the same network with biases.
"""

import torch
from torch import Tensor

from implementations.architectures.feedforward.linear_model import LinearModel
from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.agreement import difference

FEATURES, HIDDEN, OUTPUTS = 5, [12, 9], 3
NEAR = 1e-6


def run(seed: int) -> dict[str, float]:
    """Compare a network with its Jacobian.

    Args:
        seed: Seed of weights and points.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    plain = _network(bias=False, generator=generator)
    biased = _network(bias=True, generator=generator)
    x = torch.randn(1, FEATURES, generator=generator, dtype=torch.float64)
    offsets = NEAR * torch.randn(8, FEATURES, generator=generator, dtype=torch.float64)
    same_region = torch.cat([x, 0.01 * x, 100 * x, x + offsets])
    with torch.no_grad():
        linear = _linearised(plain, x)
        return {
            "agreement_error": max(difference(linear(point), plain(point)) for point in same_region.split(1)),
            "other_region_difference": difference(linear(-x), plain(-x)),
            "biased_difference": difference(_linearised(biased, x)(x), biased(x)),
        }


def _network(bias: bool, generator: torch.Generator) -> MLP:
    network = MLP(in_features=FEATURES, hidden=HIDDEN, out_features=OUTPUTS, bias=bias).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 2)
    return network


def _linearised(network: MLP, x: Tensor) -> LinearModel:
    """Return the linear model whose matrix is the Jacobian of the network at a point."""
    linear = LinearModel(in_features=FEATURES, out_features=OUTPUTS, bias=False).double()
    linear.linear.weight.copy_(torch.func.jacrev(lambda point: network(point[None])[0])(x[0]))
    return linear
