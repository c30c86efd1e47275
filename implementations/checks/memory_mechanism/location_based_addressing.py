"""Exact checks of location-based addressing."""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.memory_mechanism.location_based_addressing import LocationBasedAddressing


def every_stage_is_a_distribution(generator: torch.Generator) -> float:
    """Return how far the weights after any stage are from a sum of one, or below zero."""
    errors = []
    for weights in _stages(generator):
        sums = weights.sum(1)
        errors += [difference(sums, torch.ones_like(sums)), float(-weights.clamp_max(0).min())]
    return max(errors)


def shift_is_a_circulant_matrix(generator: torch.Generator) -> float:
    """Return the difference between the shift and a product with a circulant matrix, for up to two rows each way."""
    weights, shares = (torch.randn(3, n, generator=generator, dtype=torch.float64).softmax(1) for n in (6, 5))
    circulant = torch.zeros(3, 6, 6, dtype=torch.float64)
    for i in range(6):
        for j in range(6):
            step = (i - j + 2) % 6  # shift by i - j, modulo 6, counted from -2
            circulant[:, i, j] = shares[:, step] if step < 5 else 0
    return difference(LocationBasedAddressing().move(weights, shares), (circulant @ weights[:, :, None])[:, :, 0])


def large_power_is_hard(generator: torch.Generator) -> float:
    """Return the difference between weights sharpened by a huge power and all weight on the largest of them."""
    *_, moved, _ = _stages(generator)
    hard = F.one_hot(moved.argmax(1), moved.shape[1]).double()
    return difference(LocationBasedAddressing().sharpen(moved, torch.full((3,), 1e6, dtype=torch.float64)), hard)


def small_weights_are_sharpened_too(generator: torch.Generator) -> float:
    """Return the difference of the logarithms of sharpened weights, the smallest 1e-60, from powers of them."""
    exponents = torch.rand(3, 6, generator=generator, dtype=torch.float64) * -138
    weights = exponents.softmax(1)
    power = 1 + 3 * torch.rand(3, generator=generator, dtype=torch.float64)
    raised = weights ** power[:, None]
    return difference(
        LocationBasedAddressing().sharpen(weights, power).log(), (raised / raised.sum(1, keepdim=True)).log()
    )


def closed_gate_steps_on(generator: torch.Generator) -> float:
    """Return the difference between a head that ignores contents and steps on, and its last weights a row further."""
    content, previous = torch.randn(2, 3, 6, generator=generator, dtype=torch.float64).softmax(2)
    step = torch.tensor([[0.0, 0.0, 1.0]], dtype=torch.float64).expand(3, -1)
    none = torch.zeros(3, dtype=torch.float64)
    found = LocationBasedAddressing()(content, previous, none, step, none + 1)
    return difference(found, previous.roll(1, 1))


def _stages(generator: torch.Generator) -> list[Tensor]:
    """Return the weights after each stage."""
    go = LocationBasedAddressing()
    content, previous, gate, shift, sharpness = (v.double() for v in go.example_inputs(generator).values())
    content, previous, shift = (v / v.sum(1, keepdim=True) for v in (content, previous, shift))
    mixed = go.interpolate(content, previous, gate)
    moved = go.move(mixed, shift)
    return [mixed, moved, go.sharpen(moved, sharpness)]
