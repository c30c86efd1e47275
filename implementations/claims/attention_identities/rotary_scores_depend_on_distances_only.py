"""Exact relation: scores of queries and keys with rotary codes depend on their distance only.

Source: Su et al. 2021, eq. 16 (su2021roformer).

Method: random queries and keys are put at the first positions of a long sequence, and again some positions later. The
scores of all pairs are compared. The same is done with sinusoidal codes that are added, with keys alone moved, and with
keys rotated at twice the speed.

Measures:
    moved_error: largest relative difference of scores, over moves by 1, 7 and 500 positions.
    rotation_error: relative difference of scores and those of keys that are rotated back by the query's position.
    sinusoidal_difference: smallest difference over the moves, for sinusoidal codes.
    one_sided_difference: as this, where only the keys are moved.
    frequency_difference: as this, where keys are rotated at twice the speed.
    changes: the first of these and the last three, in this order.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.rotary_position_code import RotaryPositionCode
from implementations.concepts.component.sinusoidal_position_code import SinusoidalPositionCode

WIDTH, LENGTH, MOVES = 8, 6, (1, 7, 500)

Code = Callable[[Tensor], Tensor]


@torch.no_grad()
def run(seed: int) -> dict[str, float | list[float]]:
    """Move queries and keys, and compare their scores.

    Args:
        seed: Seed of queries and keys.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    q, k = (torch.randn(1, LENGTH, WIDTH, generator=generator, dtype=torch.float64) for _ in range(2))
    rotary, sinusoidal = RotaryPositionCode(width=WIDTH), SinusoidalPositionCode(width=WIDTH)
    still = scores(rotary, rotary, q, k, 0, 0)
    changes = {
        "moved_error": max(difference(scores(rotary, rotary, q, k, by, by), still) for by in MOVES),
        "sinusoidal_difference": least_change(sinusoidal, sinusoidal, q, k),
        "one_sided_difference": min(difference(scores(rotary, rotary, q, k, 0, by), still) for by in MOVES),
        "frequency_difference": least_change(rotary, lambda x: hastened(rotary, x), q, k),
    }
    rotated = difference(by_distance(rotary, q, k), still)
    return {**changes, "rotation_error": rotated, "changes": list(changes.values())}


def scores(code_of_q: Code, code_of_k: Code, q: Tensor, k: Tensor, q_by: int, k_by: int) -> Tensor:
    """Return the scores of all pairs, `[1, T, T]`, with queries and keys at positions that are later by some steps."""
    return placed(code_of_q, q, q_by) @ placed(code_of_k, k, k_by).mT


def placed(code: Code, x: Tensor, by: int) -> Tensor:
    """Return vectors with the codes of positions that are later by some steps."""
    return code(torch.cat([torch.zeros(1, by, WIDTH, dtype=x.dtype), x], 1))[:, by:]


def least_change(code_of_q: Code, code_of_k: Code, q: Tensor, k: Tensor) -> float:
    """Return the smallest change of the scores over the moves."""
    still = scores(code_of_q, code_of_k, q, k, 0, 0)
    return min(difference(scores(code_of_q, code_of_k, q, k, by, by), still) for by in MOVES)


def by_distance(code: Code, q: Tensor, k: Tensor) -> Tensor:
    """Return the scores of queries that are not rotated, and keys that are rotated by their distance, pair by pair."""
    found = q.new_zeros(1, LENGTH, LENGTH)
    for m in range(LENGTH):
        for n in range(LENGTH):
            earlier, later = (q[0, m], k[0, n]) if m <= n else (k[0, n], q[0, m])
            found[0, m, n] = earlier @ placed(code, later[None, None], abs(n - m))[0, 0]
    return found


def hastened(code: Code, x: Tensor) -> Tensor:
    """Return vectors with the codes of positions twice as far."""
    return code(x.repeat_interleave(2, 1))[:, ::2]
