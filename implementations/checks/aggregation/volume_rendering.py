"""Exact checks of volume rendering."""

import math

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.aggregation.volume_rendering import VolumeRendering


def sample_by_sample(generator: torch.Generator) -> float:
    """Return the difference from a loop that takes from the light what every sample absorbs, near to far."""
    density, length, colour = _ray(generator)
    expected = torch.zeros(3, 3, dtype=torch.float64)
    for ray in range(3):
        light = 1.0
        for s, d, c in zip(density[ray].tolist(), length[ray].tolist(), colour[ray], strict=True):
            expected[ray] += light * (1 - math.exp(-s * d)) * c
            light *= math.exp(-s * d)
    return difference(VolumeRendering()(density, length, colour), expected)


def weights_and_what_is_left_are_one(generator: torch.Generator) -> float:
    """Return the difference of the sum of the weights from one minus the transmittance of the whole ray."""
    density, length, _ = _ray(generator)
    left = torch.exp(-(density * length).sum(1))
    return difference(VolumeRendering().weights(density, length).sum(1), 1 - left)


def constant_medium(generator: torch.Generator) -> float:
    """Return the difference from the law of a medium of one density and colour: its colour times 1 - exp(-s t).

    The integral of eq. 1 has this value, for samples that stand for any lengths whose sum is t.
    """
    _, length, _ = _ray(generator)
    colour = torch.rand(3, generator=generator, dtype=torch.float64)
    found = VolumeRendering()(torch.full_like(length, 0.7), length, colour.expand(3, 4, 3))
    return difference(found, (1 - torch.exp(-0.7 * length.sum(1)))[:, None] * colour)


def a_cut_changes_nothing(generator: torch.Generator) -> float:
    """Return the change by samples that are cut in two parts of any lengths, with the same density and colour."""
    density, length, colour = _ray(generator)
    share = torch.rand(3, 4, generator=generator, dtype=torch.float64)
    halves = torch.stack([share * length, (1 - share) * length], 2).flatten(1)
    twice = VolumeRendering()(density.repeat_interleave(2, 1), halves, colour.repeat_interleave(2, 1))
    return difference(twice, VolumeRendering()(density, length, colour))


def _ray(generator: torch.Generator) -> list[Tensor]:
    inputs = VolumeRendering().example_inputs(generator)
    return [inputs[name].double() for name in ("density", "length", "colour")]
