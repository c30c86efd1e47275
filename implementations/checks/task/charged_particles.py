"""Exact checks of the charged particles: the quantities that mechanics conserves."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.task.charged_particles import (
    PARTICLES,
    SOFTENING,
    STEP,
    STEPS,
    ChargedParticles,
    moved,
)

SYSTEMS = 10


def centre_stays_at_rest(generator: torch.Generator) -> float:
    """Return how far the centre of the particles moves, which start at rest."""
    x, charge = _drawn(generator)
    return difference(moved(x, charge)[0].mean(1), x.mean(1))


def nothing_starts_to_turn(generator: torch.Generator) -> float:
    """Return the angular momentum of the particles, which have none at first, relative to its largest term."""
    x, charge = _drawn(generator)
    terms = torch.linalg.cross(*moved(x, charge))
    return (terms.sum(1).abs().max() / terms.abs().max()).item()


def energy_error_is_quartered_by_half_the_step(generator: torch.Generator) -> float:
    """Return how far from four the ratio of the energy's errors is, after the same time in steps and in half steps."""
    x, charge = _drawn(generator)
    before = _energy(x, torch.zeros_like(x), charge)
    whole, half = (
        (_energy(*moved(x, charge, step=STEP / parts, steps=parts * STEPS), charge) - before).norm()
        for parts in (8, 16)
    )
    return abs(whole / half / 4 - 1).item()


def _drawn(generator: torch.Generator) -> tuple[Tensor, Tensor]:
    charge = 2.0 * torch.randint(0, 2, (SYSTEMS, PARTICLES, 1), generator=generator) - 1
    return torch.randn(SYSTEMS, PARTICLES, 3, generator=generator, dtype=torch.float64), charge.double()


def _energy(x: Tensor, v: Tensor, charge: Tensor) -> Tensor:
    """Return the energy of motion and of all pairs of charges, softened as the force is."""
    first, second = torch.triu_indices(PARTICLES, PARTICLES, 1)
    lengths = ((x[:, first] - x[:, second]).square().sum(2) + SOFTENING**2).sqrt()
    return v.square().sum((1, 2)) / 2 + (charge[:, first, 0] * charge[:, second, 0] / lengths).sum(1)


def pairs_get_their_product(generator: torch.Generator) -> float:
    """Return how far attributes of pairs are from the products of both charges, and charges from plus or minus 1."""
    inputs, _ = ChargedParticles(generator=generator).batch()
    first, second = inputs["edge_index"]
    charges = inputs["h"]
    return max(
        difference(inputs["e"], charges[first] * charges[second]),
        difference(charges.unique(), torch.tensor([-1.0, 1.0])),
    )
