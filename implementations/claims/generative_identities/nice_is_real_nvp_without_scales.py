"""Exact relation: Real NVP whose couplings do not scale is NICE without its last scaling.

Source: Dinh, Sohl-Dickstein & Bengio 2017, eq. 4 and 5 (dinh2016density); Dinh, Krueger & Bengio 2015, sec. 3.2
(dinh2014nice).

Method: a random NICE. Real NVP gets its perceptrons, with units for scales beside those for shifts, and gains of zero.

Measures:
    agreement_error: difference of the results.
    inverse_error: difference of Real NVP's inverse of NICE's results from the examples.
    volume_error: largest logarithm of Real NVP's determinant.
    scaled_difference: difference of the results with gains of one.
    scaled_volume: largest logarithm of the determinant with gains of one.
"""

import torch
from torch import nn

from implementations.architectures.generative.nice import NICE
from implementations.architectures.generative.real_nvp import RealNVP
from implementations.claims.agreement import difference

EXAMPLES, FEATURES, HIDDEN = 4, 5, 8


def run(seed: int) -> dict[str, float]:
    """Compare the two on random examples.

    Args:
        seed: Seed of weights and examples.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    nice = NICE(features=FEATURES, hidden=HIDDEN, scales=False).double()
    flow = RealNVP(features=FEATURES, hidden=HIDDEN).double()
    for parameter in [*nice.parameters(), *flow.parameters()]:
        parameter.data = 0.5 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    for affine, additive in zip(flow.couplings, nice.couplings, strict=True):
        affine.functions[0].load_state_dict(additive.m[0].state_dict())
        shift_as(affine.functions[-1], additive.m[-1])
    x = torch.randn(EXAMPLES, FEATURES, generator=generator, dtype=torch.float64)
    gained(flow, 0.0)
    plain = flow.with_log_determinant(x)
    back = flow.inverse(nice(x))
    gained(flow, 1.0)
    scaled = flow.with_log_determinant(x)
    return {
        "agreement_error": difference(plain.z, nice(x)),
        "inverse_error": difference(back, x),
        "volume_error": plain.log_determinant.abs().max().item(),
        "scaled_difference": difference(scaled.z, nice(x)),
        "scaled_volume": scaled.log_determinant.abs().max().item(),
    }


def shift_as(both: nn.Linear, shift: nn.Linear) -> None:
    """Give a layer for scales and shifts the weights of one for shifts."""
    both.weight.data[shift.out_features :] = shift.weight.data
    both.bias.data[shift.out_features :] = shift.bias.data


def gained(flow: RealNVP, gain: float) -> None:
    """Set the gain of all scales."""
    for coupling in flow.couplings:
        coupling.gain.data.fill_(gain)
