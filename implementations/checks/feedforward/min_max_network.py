"""Exact checks of the min-max network."""

import torch

from implementations.architectures.feedforward.min_max_network import MinMaxNetwork
from implementations.claims.agreement import difference


def no_output_falls(generator: torch.Generator) -> float:
    """Return by how much an output falls where features grow, at most, for 2,000 pairs of inputs."""
    net = MinMaxNetwork(in_features=5).double()
    low, steps = torch.randn(2, 2000, 5, generator=generator, dtype=torch.float64)
    return (net(low) - net(low + steps.abs())).clamp(min=0).max().item()


def plane_by_plane(generator: torch.Generator) -> float:
    """Return the difference from planes that are gone through one by one."""
    net = MinMaxNetwork().double()
    x = torch.randn(6, 4, generator=generator, dtype=torch.float64)
    linear = net.largest.linear
    weights = linear.parametrizations.weight.original.exp().reshape(2, 3, 3, 4).tolist()
    shifts = linear.bias.reshape(2, 3, 3).tolist()
    expected = [
        [
            min(
                max(sum(w * v for w, v in zip(plane, row, strict=True)) + b for plane, b in zip(*group, strict=True))
                for group in zip(*output, strict=True)
            )
            for output in zip(weights, shifts, strict=True)
        ]
        for row in x.tolist()
    ]
    return difference(net(x), torch.tensor(expected, dtype=torch.float64))


def one_group_is_convex_and_single_planes_are_concave(generator: torch.Generator) -> float:
    """Return by how much the middle of two inputs is above their chord, or below it, for 2,000 pairs."""
    convex, concave = MinMaxNetwork(groups=1).double(), MinMaxNetwork(planes=1).double()
    a, b = torch.randn(2, 2000, 4, generator=generator, dtype=torch.float64)
    above = convex((a + b) / 2) - (convex(a) + convex(b)) / 2
    below = (concave(a) + concave(b)) / 2 - concave((a + b) / 2)
    return torch.cat([above, below]).clamp(min=0).max().item()
