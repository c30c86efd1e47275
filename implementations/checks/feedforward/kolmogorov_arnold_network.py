"""Exact checks of the Kolmogorov-Arnold network."""

from collections.abc import Sequence

import torch
from torch import Tensor

from implementations.architectures.feedforward.kolmogorov_arnold_network import KolmogorovArnoldNetwork
from implementations.claims.agreement import difference


def a_finer_grid_leaves_the_function(generator: torch.Generator) -> float:
    """Return the change by a grid of three times as many intervals, for features on the grid."""
    net, x = _problem(generator)
    before = net(x)
    net.extend_grid(9)
    return difference(net(x), before)


def outputs_are_sums_of_functions_of_one_feature(generator: torch.Generator) -> float:
    """Return the largest mixed difference of two features in a single layer, relative to the outputs."""
    net, x = _problem(generator, hidden=[])
    moved, other = x.clone(), x.clone()
    moved[:, 0], other[:, 1] = x[:, 0].flip(0), x[:, 1].flip(0)
    both = torch.cat([moved[:, :1], other[:, 1:]], 1)
    return difference(net(both) - net(moved), net(other) - net(x))


def _problem(generator: torch.Generator, hidden: Sequence[int] = (4,)) -> tuple[KolmogorovArnoldNetwork, Tensor]:
    net = KolmogorovArnoldNetwork(hidden=hidden, reach=4.0).double()
    return net, 2 * torch.rand(20, 3, generator=generator, dtype=torch.float64) - 1
