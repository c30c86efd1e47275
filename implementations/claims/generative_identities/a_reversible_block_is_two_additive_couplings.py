"""Exact relation: a reversible block is two additive couplings that keep each half in turn.

Source: the authors' code of Gomez et al. 2017 (gomez2017reversible); Dinh, Krueger & Bengio 2015, sec. 3.2
(dinh2014nice).

Method: two random couplings; the block gets their perceptrons. The second half of the block's channels is put at even
places, which the first coupling keeps, and the first half at odd ones.

Measures:
    agreement_error: difference of the outputs.
    inverse_error: difference of the inverse of the couplings, applied to the block's output, from the input.
    determinant_error: by how much the determinant of the block's Jacobian differs from one, at most.
    same_half_difference: difference of the outputs if both couplings keep even places.
    reversed_difference: difference of the outputs if the second coupling comes first.
"""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.component.additive_coupling import AdditiveCoupling
from implementations.concepts.coupling_layer.reversible_block import ReversibleBlock

EXAMPLES, HALF = 4, 3


def run(seed: int) -> dict[str, float]:
    """Compare the block with couplings on random numbers.

    Args:
        seed: Seed of weights and numbers.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    first, second, other = (AdditiveCoupling(features=2 * HALF, keeps_odd=odd).double() for odd in (False, True, False))
    for parameter in [*first.parameters(), *second.parameters()]:
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    other.load_state_dict(second.state_dict())
    block = ReversibleBlock(f=first.m, g=second.m)
    x = torch.randn(EXAMPLES, 2 * HALF, generator=generator, dtype=torch.float64)
    y = block(x)
    jacobians = torch.stack([torch.autograd.functional.jacobian(block, example[None])[0, :, 0] for example in x])
    return {
        "agreement_error": difference(second(first(interleaved(x))), interleaved(y)),
        "inverse_error": difference(first.inverse(second.inverse(interleaved(y))), interleaved(x)),
        "determinant_error": (torch.linalg.det(jacobians) - 1).abs().max().item(),
        "same_half_difference": difference(other(first(interleaved(x))), interleaved(y)),
        "reversed_difference": difference(first(second(interleaved(x))), interleaved(y)),
    }


def interleaved(x: Tensor) -> Tensor:
    """Return the second half of the channels at even places, and the first half at odd ones."""
    x_1, x_2 = x.chunk(2, 1)
    return torch.stack([x_2, x_1], 2).flatten(1)
