"""Exact checks of the network on a periodic lattice: sums of shifted fields, other origins, larger lattices."""

from itertools import product

import torch
from torch import Tensor

from implementations.architectures.convolutional.periodic_lattice_network import PeriodicLatticeNetwork
from implementations.claims.agreement import difference


def _field(generator: torch.Generator) -> Tensor:
    return torch.randn(2, 2, 6, 4, generator=generator, dtype=torch.float64)


@torch.no_grad()
def sums_of_shifted_fields(generator: torch.Generator) -> float:
    """Return the difference between a layer and the sum, over all offsets, of its input rolled by the offset."""
    net, x = PeriodicLatticeNetwork(channels=[4]).double(), _field(generator)
    weight, bias = net.layers[0].weight, net.layers[0].bias
    total = bias[:, None, None]
    for i, j in product(range(3), repeat=2):
        total = total + torch.einsum("bchw,dc->bdhw", x.roll((1 - i, 1 - j), (2, 3)), weight[:, :, i, j])
    return difference(net.trunk(x), total.relu())


@torch.no_grad()
def origin_makes_no_difference(generator: torch.Generator) -> float:
    """Return the largest change of features and outputs, for every site as the origin, beyond the shift itself."""
    net, x = PeriodicLatticeNetwork().double(), _field(generator)
    errors = []
    for shift in product(range(6), range(4)):
        moved = x.roll(shift, (2, 3))
        errors += [difference(net.trunk(moved), net.trunk(x).roll(shift, (2, 3))), difference(net(moved), net(x))]
    return max(errors)


@torch.no_grad()
def repeated_fields_are_alike(generator: torch.Generator) -> float:
    """Return the difference between a field and the same field repeated on a lattice of six times the sites."""
    net, x = PeriodicLatticeNetwork().double(), _field(generator)
    return difference(net(x.repeat(1, 1, 2, 3)), net(x))
