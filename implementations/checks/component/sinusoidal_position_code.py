"""Exact checks of the sinusoidal position code."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.component.sinusoidal_position_code import SinusoidalPositionCode

WIDTH, LENGTH = 8, 40


def codes() -> torch.Tensor:
    """Return the codes of the first positions, `[T, D]`: the output for zeros."""
    return SinusoidalPositionCode(width=WIDTH)(torch.zeros(1, LENGTH, WIDTH, dtype=torch.float64))[0]


def formula_entry_by_entry(generator: torch.Generator) -> float:
    """Return the difference to the paper's formula, computed number by number."""
    expected = torch.zeros(LENGTH, WIDTH, dtype=torch.float64)
    for position in range(LENGTH):
        for pair in range(WIDTH // 2):
            angle = torch.tensor(position / 10000 ** (2 * pair / WIDTH), dtype=torch.float64)
            expected[position, 2 * pair], expected[position, 2 * pair + 1] = angle.sin(), angle.cos()
    return difference(codes(), expected)


def a_shift_is_one_rotation_for_all_positions(generator: torch.Generator) -> float:
    """Return how far codes k positions later are from the earlier ones turned by one fixed matrix."""
    shift = int(torch.randint(1, 10, (), generator=generator))
    blocks = []
    for pair in range(WIDTH // 2):
        angle = torch.tensor(shift / 10000 ** (2 * pair / WIDTH), dtype=torch.float64)
        blocks.append(torch.stack([angle.cos(), angle.sin(), -angle.sin(), angle.cos()]).view(2, 2))
    turn = torch.block_diag(*blocks)
    return difference(codes()[:-shift] @ turn.T, codes()[shift:])
