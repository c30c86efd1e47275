"""Exact checks of the discs in a box: conserved quantities, and motions in closed form."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.task.rigid_bodies import Discs

SYSTEMS, TIME, FAR = 20, 2.0, 100.0


def elastic_collisions_conserve_energy(generator: torch.Generator) -> float:
    """Return how much the energy of discs in a box changes, collision after collision, where no energy is lost."""
    discs = _double(Discs.random(SYSTEMS, generator), elasticity=1.0)
    _, v = discs.moved(TIME)
    return difference(_energy(discs.mass, v), _energy(discs.mass, discs.v))


def collisions_conserve_momentum(generator: torch.Generator) -> float:
    """Return how much the momentum changes where discs meet each other but, in a wide box, no wall."""
    discs = _double(Discs.random(SYSTEMS, generator), half=FAR)
    discs.v -= 2 * discs.x  # towards each other
    _, v = discs.moved(TIME)
    momentum, before = ((discs.mass[:, :, None] * speed).sum(1) for speed in (v, discs.v))
    return difference(momentum, before) if (v != discs.v).any() else float("nan")


def two_discs_part_with_their_share_of_speed(generator: torch.Generator) -> float:
    """Return the difference from v1' = (m1 v1 + m2 v2 + m2 c (v2 - v1)) / (m1 + m2) of discs that meet head-on."""
    mass = 0.5 + torch.rand(SYSTEMS, 2, generator=generator, dtype=torch.float64)
    speed = torch.rand(SYSTEMS, 2, generator=generator, dtype=torch.float64)
    x, v = torch.zeros(2, SYSTEMS, 2, 2, dtype=torch.float64)
    x[:, 0, 0], x[:, 1, 0] = -1, 1
    v[:, 0, 0], v[:, 1, 0] = speed[:, 0] + 1, -speed[:, 1] - 1
    share = torch.rand(1, generator=generator).item()
    discs = Discs(x=x, v=v, mass=mass, radius=torch.full_like(mass, 0.1), elasticity=share, half=FAR)
    _, after = discs.moved(TIME)
    own, other, along = mass, mass.flip(1), v[:, :, 0]
    expected = (own * along + other * along.flip(1) + other * share * (along.flip(1) - along)) / (own + other)
    return difference(after[:, :, 0], expected)


def one_disc_is_reflected(generator: torch.Generator) -> float:
    """Return the distance of one disc from its straight path, folded at the walls."""
    x = 2 * torch.rand(SYSTEMS, 1, 2, generator=generator, dtype=torch.float64) - 1
    v = 3 * torch.randn(SYSTEMS, 1, 2, generator=generator, dtype=torch.float64)
    radius = torch.full((SYSTEMS, 1), 0.5, dtype=torch.float64)
    found, _ = Discs(x=x, v=v, mass=torch.ones_like(radius), radius=radius, half=1.5).moved(TIME)
    return difference(found, 1 - ((x + TIME * v + 1) % 4 - 2).abs())  # the centre moves between -1 and 1


def _energy(mass: Tensor, v: Tensor) -> Tensor:
    return (mass[:, :, None] * v.square()).sum((1, 2)) / 2


def _double(discs: Discs, **changes: float) -> Discs:
    values = {name: value.double() if isinstance(value, Tensor) else value for name, value in vars(discs).items()}
    return Discs(**{**values, **changes})
