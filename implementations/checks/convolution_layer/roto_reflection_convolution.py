"""Exact checks of the roto-reflection convolution: the sum over the group, and symmetries of input and output."""

from itertools import product

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.group_convolution import GroupConvolution
from implementations.concepts.convolution_layer.roto_reflection_convolution import (
    ELEMENTS,
    ROTATIONS,
    RotoReflectionConvolution,
    mirrored,
    turned,
)

# What the group does to an offset (row, column): a quarter turn as `torch.rot90`, and the mirror of left and right.
TURN, MIRROR = torch.tensor([[0, -1], [1, 0]]), torch.tensor([[1, 0], [0, -1]])
MATRICES = [
    torch.linalg.matrix_power(TURN.double(), r).long() @ m for m in (torch.eye(2).long(), MIRROR) for r in range(4)
]


def _index(matrix: Tensor) -> int:
    return next(index for index, other in enumerate(MATRICES) if torch.equal(matrix, other))


def sum_over_the_group(generator: torch.Generator) -> float:
    """Return the difference from the sum over all elements h of the group, with filters looked up at g^-1 h."""
    layer = RotoReflectionConvolution().double()
    x = torch.randn(2, ELEMENTS, 4, 3, generator=generator, dtype=torch.float64)
    weight = layer.weight.flatten(2, 3)
    expected = torch.zeros(3, ELEMENTS, 4, 3, dtype=torch.float64)
    for g, row, column in product(range(ELEMENTS), range(4), range(3)):
        back = MATRICES[g].T
        for h, i, j in product(range(ELEMENTS), range(4), range(3)):
            offset = back @ torch.tensor([i - row, j - column])
            if offset.abs().max() <= 1:
                place = (offset + 1).tolist()
                expected[:, g, row, column] += (
                    weight[:, :, _index(back @ MATRICES[h]), place[0], place[1]] @ x[:, h, i, j]
                )
    return difference(layer(x[None])[0], expected)


def moved_input_gives_moved_output(generator: torch.Generator) -> float:
    """Return the difference between turning or mirroring the input of a layer and its output, for both kinds."""
    errors = []
    for lifts in (True, False):
        layer = RotoReflectionConvolution(lifts=lifts).double()
        group = (1, 1) if lifts else (2, ROTATIONS)
        x = torch.randn(2, 2, *group, 6, 5, generator=generator, dtype=torch.float64)
        for act in (turned, mirrored):
            found = layer(act(x).flatten(2, 3)).unflatten(2, (2, ROTATIONS))
            errors.append(difference(found, act(layer(x.flatten(2, 3)).unflatten(2, (2, ROTATIONS)))))
    return max(errors)


def without_mirror_images_it_turns_only(generator: torch.Generator) -> float:
    """Return the difference of its first four maps, where filters ignore mirror images, from the group convolution."""
    layer, plain = RotoReflectionConvolution().double(), GroupConvolution().double()
    with torch.no_grad():
        layer.weight[:, :, 1] = 0
        plain.load_state_dict({"weight": layer.weight[:, :, 0], "bias": layer.bias})
    x = torch.randn(2, 2, ELEMENTS, 6, 5, generator=generator, dtype=torch.float64)
    return difference(layer(x)[:, :, :ROTATIONS], plain(x[:, :, :ROTATIONS]))
