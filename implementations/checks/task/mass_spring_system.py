"""Exact checks of the strings of masses and springs: conserved quantities, and one motion in closed form."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.task.mass_spring_system import Strings

SYSTEMS, STEP, STEPS = 8, 0.01, 200


def momentum_grows_by_gravity_alone(generator: torch.Generator) -> float:
    """Return the difference between the change of momentum and mass times gravity times time."""
    string = _double(Strings.random(SYSTEMS, generator))
    _, v = string.moved(step=STEP, steps=STEPS)
    change = (string.mass * (v - string.v)).sum(1)
    return difference(change, STEPS * STEP * (string.mass * string.gravity).sum(1))


def angular_momentum_is_conserved(generator: torch.Generator) -> float:
    """Return how much the angular momentum of strings without gravity changes."""
    string = _double(Strings.random(SYSTEMS, generator), gravity=False)
    x, v = string.moved(step=STEP, steps=STEPS)
    return difference(_angular(string.mass, x, v), _angular(string.mass, string.x, string.v))


def energy_error_is_quartered_by_half_the_step(generator: torch.Generator) -> float:
    """Return how far from four the ratio of the energy's errors is, after the same moment in steps and half steps."""
    string = _double(Strings.random(SYSTEMS, generator))
    before = string.energy(string.x, string.v)
    whole, half = (
        (string.energy(*string.moved(step=STEP / parts, steps=parts * STEPS // 10)) - before).norm()
        for parts in (8, 16)
    )
    return abs(whole / half / 4 - 1).item()


def two_masses_oscillate(generator: torch.Generator) -> float:
    """Return the distance from l + a cos(n theta) of the length of one spring, released from l + a, after n steps."""
    mass, stiffness = 1 + torch.rand(2, SYSTEMS, 2, 1, generator=generator, dtype=torch.float64)
    stiffness, rest = stiffness[:, :1, 0], torch.ones(SYSTEMS, 1, dtype=torch.float64)
    stretch = 0.5 * torch.rand(SYSTEMS, 1, generator=generator, dtype=torch.float64)
    x = torch.zeros(SYSTEMS, 2, 2, dtype=torch.float64)
    x[:, 1, 0] = (rest + stretch)[:, 0]
    string = Strings(
        x=x, v=torch.zeros_like(x), mass=mass, stiffness=stiffness, rest=rest, gravity=x.new_zeros(1, 1, 2)
    )
    after, _ = string.moved(step=STEP, steps=STEPS)
    omega_squared = stiffness * (1 / mass).sum(1)
    angle = torch.acos(1 - STEP**2 * omega_squared / 2)
    return difference(after.diff(dim=1).norm(dim=2), rest + stretch * torch.cos(STEPS * angle))


def _angular(mass: Tensor, x: Tensor, v: Tensor) -> Tensor:
    return (mass[..., 0] * (x[..., 0] * v[..., 1] - x[..., 1] * v[..., 0])).sum(1)


def _double(string: Strings, gravity: bool = True) -> Strings:
    values = {name: value.double() for name, value in vars(string).items()}
    return Strings(**{**values, "gravity": values["gravity"] * gravity})
