"""Exact relation: attention within a window as large as the image, without a bias of offsets, is multi-head attention.

Source: Liu et al. 2021, sec. 3.2 and eq. 4 (liu2021swin).

Method: both get the same random projections, and the same random patches of a square grid, row after row. Then windows
of half the side, resting and shifted, and random biases are tried.

Measures:
    agreement_error: relative difference of the outputs.
    small_window_difference: the same for windows of half the side.
    shifted_difference: the smaller of the differences of shifted windows of half the side, from multi-head attention
        and from those at rest.
    bias_difference: the difference of one window with random biases.
"""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.shifted_window_attention import ShiftedWindowAttention
from implementations.concepts.component.multi_head_attention import MultiHeadAttention

SIDE, WIDTH, HEADS = 4, 6, 2


def run(seed: int) -> dict[str, float]:
    """Compare attention within windows with that of all patches.

    Args:
        seed: Seed of weights and patches.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    whole = MultiHeadAttention(width=WIDTH, heads=HEADS).double()
    with torch.no_grad():
        for parameter in whole.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        x = torch.randn(2, SIDE, SIDE, WIDTH, generator=generator, dtype=torch.float64)
        entries = torch.randn(HEADS, 2 * SIDE - 1, 2 * SIDE - 1, generator=generator, dtype=torch.float64)
        patches = x.flatten(1, 2)
        expected = whole(patches, patches)
        small, shifted = (within(SIDE // 2, whole, x, shifted=moved) for moved in (False, True))
        return {
            "agreement_error": difference(within(SIDE, whole, x), expected),
            "small_window_difference": difference(small, expected),
            "shifted_difference": min(difference(shifted, expected), difference(shifted, small)),
            "bias_difference": difference(within(SIDE, whole, x, entries), expected),
        }


def within(
    window: int, whole: MultiHeadAttention, x: Tensor, entries: Tensor | None = None, shifted: bool = True
) -> Tensor:
    """Return attention within windows, row after row, with the projections of `whole` and these biases, or none."""
    attention = ShiftedWindowAttention(width=WIDTH, heads=HEADS, window=window, shifted=shifted).double()
    attention.load_state_dict(whole.state_dict(), strict=False)
    attention.bias.table.copy_(torch.zeros_like(attention.bias.table) if entries is None else entries)
    return attention(x).flatten(1, 2)
