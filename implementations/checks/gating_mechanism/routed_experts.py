"""Exact checks of routed experts: both ways to compute them, which the number of positions decides between."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.gating_mechanism.routed_experts import (
    COPIED,
    RoutedExperts,
    copies_for_positions,
    positions_for_experts,
)


def both_ways_agree(generator: torch.Generator) -> float:
    """Return the largest difference between outputs and all gradients of the two; some experts have no position."""
    routed = RoutedExperts(width=4, hidden=3, experts=9).double()
    inputs = routed.example_inputs(generator, B=2, T=3)
    x, shares = (inputs[name].double().requires_grad_() for name in ("x", "shares"))
    layers = (routed.gate, routed.up, routed.down)
    sought = [x, shares, *(layer.weight for layer in layers)]
    direction = torch.randn(x.shape, generator=generator, dtype=torch.float64)
    found: list[list[Tensor]] = []
    for way in (copies_for_positions, positions_for_experts):
        output = way(x, inputs["chosen"], shares, *(layer.weight.unflatten(0, (9, -1)) for layer in layers))
        found.append([output, *torch.autograd.grad(output, sought, direction)])
    return max(difference(copies, positions) for copies, positions in zip(*found, strict=True))


def many_positions_are_computed_as_each_alone(generator: torch.Generator) -> float:
    """Return the difference between a sequence, for which copies would be too large, and its positions one by one."""
    routed = RoutedExperts(width=16, hidden=16, experts=8).double()
    inputs = routed.example_inputs(generator, B=1, T=700)
    assert inputs["chosen"].numel() * 3 * 16 * 16 > COPIED
    x, chosen, shares = inputs["x"].double(), inputs["chosen"], inputs["shares"].double()
    each = zip(x.split(1, 1), chosen.split(1, 1), shares.split(1, 1), strict=True)
    return difference(routed(x, chosen, shares), torch.cat([routed(*position) for position in each], 1))
