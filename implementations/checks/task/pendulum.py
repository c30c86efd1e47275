"""Exact checks of the pendulum."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.task.pendulum import NOISE, Pendulum, energy, motion


def rates_are_those_of_the_energy(generator: torch.Generator) -> float:
    """Return the difference from the derivatives of the energy, as Hamilton's equations have them."""
    x = Pendulum(generator=generator).test()[0]["x"].double().requires_grad_()
    by_angle, by_momentum = torch.autograd.grad(energy(x).sum(), x)[0].unbind(1)
    return difference(motion(x), torch.stack([by_momentum, -by_angle], 1))


def small_swings_oscillate(generator: torch.Generator) -> float:
    """Return the difference from the linear law, for angles so small that the next term of the sine is rounding."""
    x = 1e-6 * torch.randn(50, 2, generator=generator, dtype=torch.float64)
    return difference(motion(x), torch.stack([x[:, 1], -x[:, 0]], 1))


def training_rates_are_noisy(generator: torch.Generator) -> float:
    """Return by how much the spread of the noise is off, beyond five errors of its estimate from 64,000 states."""
    task = Pendulum(generator=generator, batch_size=64_000)
    inputs, rates = task.batch()
    spread = (rates - motion(inputs["x"])).std()
    return max(0.0, abs(spread.item() / NOISE - 1) - 5 / (2 * 128_000) ** 0.5)
