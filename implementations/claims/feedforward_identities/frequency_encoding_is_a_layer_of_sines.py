"""Exact relation: NeRF's encoding of coordinates is the first layer of a SIREN with fixed weights.

Source: Mildenhall et al. 2020, eq. 4 (mildenhall2020nerf); Sitzmann et al. 2020 (sitzmann2020implicit).

Method: a SIREN with one hidden layer. For the code number 2 k or 2 k + 1 of a coordinate, its weight is 2^k pi /
omega_0, and zero for the other coordinates; its bias is zero for a sine, and a quarter of a turn, pi / 2 / omega_0, for
a cosine. The read-out is random, and the same after the encoding.

Measures:
    agreement_error: difference of the outputs at points in [-1, 1].
    gradient_error: difference of the gradients of the points.
    no_bias_difference: without biases, so that there are no cosines.
    initial_difference: with the first weights that a SIREN starts with.
"""

import math

import torch
from torch.nn import functional as F

from implementations.architectures.feedforward.siren import SIREN
from implementations.claims.agreement import difference
from implementations.concepts.position_code.frequency_encoding import FrequencyEncoding

POINTS, COORDINATES, FREQUENCIES, OUTPUTS = 30, 3, 4, 2
CODES = 2 * FREQUENCIES * COORDINATES


def run(seed: int) -> dict[str, float]:
    """Compare the two at random points.

    Args:
        seed: Seed of points, read-outs and initial weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = 2 * torch.rand(POINTS, COORDINATES, generator=generator, dtype=torch.float64) - 1
    x.requires_grad_()
    sent = torch.randn(POINTS, OUTPUTS, generator=generator, dtype=torch.float64)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = SIREN(in_features=COORDINATES, hidden=CODES, out_features=OUTPUTS, depth=1).double()
    net.read_out.weight.data.normal_(generator=generator)
    expected = F.linear(FrequencyEncoding(frequencies=FREQUENCIES)(x), net.read_out.weight, net.read_out.bias)
    initial = net(x)
    set_to_encode(net)
    found = net(x)
    slopes = [torch.autograd.grad(value, x, sent, retain_graph=True)[0] for value in (found, expected)]
    net.layers[0].bias.data.zero_()
    return {
        "agreement_error": difference(found, expected),
        "gradient_error": difference(*slopes),
        "no_bias_difference": difference(net(x), expected),
        "initial_difference": difference(initial, expected),
    }


def set_to_encode(net: SIREN) -> None:
    """Give the first layer the frequencies of the encoding, and quarter turns to its cosines."""
    layer, omega = net.layers[0], net.layers[1].frequency
    with torch.no_grad():
        frequencies = math.pi * 2.0 ** torch.arange(FREQUENCIES, dtype=torch.float64).repeat_interleave(2)
        layer.weight.copy_(torch.kron(torch.eye(COORDINATES, dtype=torch.float64), frequencies[:, None]) / omega)
        turns = torch.tensor([0.0, math.pi / 2], dtype=torch.float64)
        layer.bias.copy_(turns.repeat(CODES // 2) / omega)
