"""Exact checks of the group convolution."""

from itertools import product

import torch

from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.group_convolution import ROTATIONS, GroupConvolution

# What a quarter turn does to an offset (row, column): as `torch.rot90`, against the clock with rows that count down.
TURN = torch.tensor([[0, -1], [1, 0]])


def sum_over_the_group(generator: torch.Generator) -> float:
    """Return the difference from eq. 11, summed over all elements of the group, with filters looked up at g^-1 h."""
    layer = GroupConvolution().double()
    x = torch.randn(2, ROTATIONS, 4, 5, generator=generator, dtype=torch.float64)
    expected = torch.zeros(3, ROTATIONS, 4, 5, dtype=torch.float64)
    for r, row, column in product(range(ROTATIONS), range(4), range(5)):
        back = torch.linalg.matrix_power(TURN.double(), (-r) % ROTATIONS).round().long()
        for s, i, j in product(range(ROTATIONS), range(4), range(5)):
            offset = back @ torch.tensor([i - row, j - column])
            if offset.abs().max() <= 1:
                place = (offset + 1).tolist()
                weight = layer.weight[:, :, (s - r) % ROTATIONS, place[0], place[1]]
                expected[:, r, row, column] += weight @ x[:, s, i, j]
    return difference(layer(x[None])[0], expected)


def turned_input_gives_turned_output(generator: torch.Generator) -> float:
    """Return the difference between turning the input of a layer and turning its output, for both kinds of layers."""
    errors = []
    for lifts, turns in product([True, False], range(1, ROTATIONS)):
        layer = GroupConvolution(lifts=lifts).double()
        x = torch.randn(2, 2, 1 if lifts else ROTATIONS, 6, 5, generator=generator, dtype=torch.float64)
        turned_input = x.rot90(turns, (-2, -1)).roll(0 if lifts else turns, 2)
        errors.append(difference(layer(turned_input), layer(x).rot90(turns, (-2, -1)).roll(turns, 2)))
    return max(errors)
