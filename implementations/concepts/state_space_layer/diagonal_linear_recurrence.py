"""Diagonal linear recurrence: coefficients that do not depend on the state, so that steps can be combined in pairs.

Source: Martin & Cundy 2018, "Parallelizing linear recurrent neural nets over sequence length"
(martin2018parallelizing).

Equations:
    h_t = a_t h_{t-1} + b_t,      h_0 = 0
    two steps are one: h_{t+1} = (a_{t+1} a_t) h_{t-1} + (a_{t+1} b_t + b_{t+1})

Shapes: B examples, T steps, U numbers of the state.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn


def scan(a: Tensor, b: Tensor) -> Tensor:
    """Return the states `[B, T, ...]` after every step, for real or complex coefficients of this shape.

    Pairs of steps are combined, and their states found by a scan of half the length; these are every second state. The
    others are one step further. So there are about 2 log2(T) rounds, and the work is in proportion to T.

    Example:
        >>> scan(torch.full([1, 4, 1], 2.0), torch.ones(1, 4, 1)).flatten()
        tensor([ 1.,  3.,  7., 15.])
    """
    steps = b.shape[1]
    if steps == 1:
        return b
    pairs = steps // 2
    first_a, first_b = a[:, : 2 * pairs : 2], b[:, : 2 * pairs : 2]
    second_a, second_b = a[:, 1::2], b[:, 1::2]
    after_second = scan(second_a * first_a, second_a * first_b + second_b)
    after_first = a[:, 2::2] * after_second[:, : (steps - 1) // 2] + b[:, 2::2]
    after_first = torch.cat([b[:, :1], after_first], 1)
    in_turn = torch.stack([after_first[:, :pairs], after_second], 2).flatten(1, 2)  # [B, pairs, 2, ...]
    return torch.cat([in_turn, after_first[:, pairs:]], 1)


def scan_from(state: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """Return the states `[B, T, ...]` after every step from a given one `[B, ...]`.

    Example:
        >>> scan_from(torch.ones(1, 1), torch.full([1, 3, 1], 2.0), torch.zeros(1, 3, 1)).flatten()
        tensor([2., 4., 8.])
    """
    return scan(a, torch.cat([(a[:, 0] * state + b[:, 0])[:, None], b[:, 1:]], 1))


class DiagonalLinearRecurrence(nn.Module):
    """All states of a recurrence whose coefficients are given.

    Example:
        >>> DiagonalLinearRecurrence()(torch.full([1, 3, 1], 0.5), torch.ones(1, 3, 1)).flatten()
        tensor([1.0000, 1.5000, 1.7500])
    """

    def forward(self, a: Float[Tensor, "B T U"], b: Float[Tensor, "B T U"]) -> Float[Tensor, "B T U"]:
        """Return the state after every step, from zero."""
        return scan(a, b)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 7) -> dict[str, Tensor]:
        """Return random coefficients for an odd number of steps."""
        return {name: torch.randn(B, T, 3, generator=generator) for name in ("a", "b")}
