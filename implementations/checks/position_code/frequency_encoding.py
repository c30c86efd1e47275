"""Exact checks of the frequency encoding."""

import math

import torch

from implementations.claims.agreement import difference
from implementations.concepts.position_code.frequency_encoding import FrequencyEncoding


def number_by_number(generator: torch.Generator) -> float:
    """Return the difference from the sines and cosines of the equation, one number after the other."""
    x = torch.randn(4, 2, generator=generator, dtype=torch.float64)
    waves = math.sin, math.cos
    codes = [[wave(2**k * math.pi * p) for p in point for k in range(3) for wave in waves] for point in x.tolist()]
    return difference(FrequencyEncoding()(x), torch.tensor(codes, dtype=torch.float64))


def double_angles(generator: torch.Generator) -> float:
    """Return the difference of all but the first frequency from the double-angle formulas of the one before."""
    x = torch.randn(4, 2, generator=generator, dtype=torch.float64)
    sine, cosine = FrequencyEncoding(frequencies=5)(x).view(4, 2, 5, 2).unbind(3)
    double = torch.stack([2 * sine * cosine, cosine**2 - sine**2])[..., :-1]
    return difference(torch.stack([sine, cosine])[..., 1:], double)


def repeats_after_two(generator: torch.Generator) -> float:
    """Return the difference between codes of points that are two apart in a coordinate."""
    x = torch.randn(4, 2, generator=generator, dtype=torch.float64)
    encode = FrequencyEncoding()
    return difference(encode(x + torch.tensor([2.0, -4.0], dtype=torch.float64)), encode(x))
