"""Exact checks of the Hopfield network."""

import torch

from implementations.architectures.memory.hopfield_network import HopfieldNetwork
from implementations.claims.agreement import difference


def bits(*shape: int, generator: torch.Generator) -> torch.Tensor:
    """Return random zeros and ones."""
    return (torch.rand(*shape, generator=generator) < 0.5).double()


def energy_never_rises(generator: torch.Generator) -> float:
    """Return the largest rise of the energy in eight sweeps, from 500 random states, relative to the largest energy."""
    patterns, start = bits(5, 16, generator=generator), bits(500, 16, generator=generator)
    energies = [HopfieldNetwork().energy(start, patterns)]
    for sweeps in range(1, 9):
        states = HopfieldNetwork(sweeps=sweeps)(start, patterns)
        energies.append(HopfieldNetwork().energy(states, patterns))
    rises = torch.stack(energies).diff(dim=0).clamp(min=0)
    return (rises.max() / energies[0].abs().max()).item()


def every_unit_takes_the_lower_energy(generator: torch.Generator) -> float:
    """Return the difference from a sweep in which every unit takes the value that has the lower energy, or stays."""
    net, patterns, start = HopfieldNetwork(sweeps=1), bits(3, 9, generator=generator), bits(50, 9, generator=generator)
    states = start.clone()
    for unit in range(9):
        off, on = states.clone(), states.clone()
        off[:, unit], on[:, unit] = 0, 1
        gain = net.energy(off, patterns) - net.energy(on, patterns)
        states[:, unit] = torch.where(gain == 0, states[:, unit], (gain > 0).double())
    return difference(net(start, patterns), states)


def one_pattern_is_recalled_in_one_sweep(generator: torch.Generator) -> float:
    """Return how many of 500 states with more active units inside the only pattern than outside it do not end there.

    The field of a unit has the sign of that difference, whatever the unit itself does if the difference is two or more.
    """
    pattern, start = bits(1, 12, generator=generator), bits(500, 12, generator=generator)
    pattern[0, :6] = 1
    start = start[start @ (2 * pattern[0] - 1) >= 2]
    return (HopfieldNetwork(sweeps=1)(start, pattern) != pattern).any(1).double().mean().item()
