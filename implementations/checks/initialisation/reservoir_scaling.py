"""Exact checks of the reservoir scaling: the given spectral radius and number of connections."""

import math

import torch

from implementations.concepts.initialisation.reservoir_scaling import reservoir_

SQUARINGS = 40


def spectral_radius_is_the_growth_of_powers(generator: torch.Generator) -> float:
    """Return the relative error of the spectral radius against that of Gelfand's formula, with the 2^40th power.

    The matrix is squared again and again, and its norm divided out each time: |W^n|^(1/n) differs from the radius by a
    factor to the power of 1/n that is bounded by numbers that do not depend on n.
    """
    radius = 0.7
    power = reservoir_(torch.empty(20, 20).double(), spectral_radius=radius, density=0.3, generator=generator)
    growth = 0.0  # log |W^(2^k)| / 2^k
    for squared in range(SQUARINGS):
        norm = power.norm()
        growth += math.log(norm) / 2**squared
        power = (power / norm) @ (power / norm)
    return abs(math.exp(growth) / radius - 1)


def density_is_the_given_one(generator: torch.Generator) -> float:
    """Return the relative error of the number of weights that are not zero."""
    errors = []
    for density in (0.05, 0.5, 1.0):
        weight = reservoir_(torch.empty(40, 40), density=density, generator=generator)
        errors.append(abs(int((weight != 0).sum()) / (density * weight.numel()) - 1))
    return max(errors)
