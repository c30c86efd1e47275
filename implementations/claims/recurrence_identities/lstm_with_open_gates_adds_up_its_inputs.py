"""Witness: a long short-term memory whose gates stay open and see no state, against a sum over its inputs.

Source: Hochreiter & Schmidhuber 1997, sec. 4 (hochreiter1997lstm), whose cells are constant error carousels.

Measures:
    agreement_error: difference of the cell from the sum of the first cell and all squashed inputs, and of all outputs
        from the hyperbolic tangent of the sums so far; without a forget gate, and with one that is open. Biases are 60.
    gradient_error: difference of the gradient of the last cell, with respect to the first, from one.
    order_error: difference of the last cell from that for the reversed sequence.
    half_open_difference: difference of the cell with gates of one half.
    recurrent_difference: difference of the cell where cells also see the last hidden state.
"""

import torch
from torch import Tensor

from implementations.architectures.recurrent.lstm import LSTM
from implementations.claims.agreement import difference
from implementations.concepts.aggregation.sum_pooling import SumPooling

FEATURES, UNITS, STEPS, OPEN = 3, 5, 40, 60.0
CANDIDATE = slice(-2 * UNITS, -UNITS)
"""Where the candidate stands in the order i, f, g, o, and in i, g, o without a forget gate."""


def run(seed: int) -> dict[str, float]:
    """Add up random sequences.

    Args:
        seed: Seed of weights, inputs and cells.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    x = torch.randn(4, STEPS, FEATURES, dtype=torch.float64)
    c = torch.randn(4, UNITS, dtype=torch.float64, requires_grad=True)
    h = torch.zeros(4, UNITS, dtype=torch.float64)
    errors = []
    for forget_gate in (False, True):
        net = _lstm(OPEN, forget_gate)
        found = net(x, h, c)
        squashed = _squashed(net, x)
        errors.append(difference(found.c, c + SumPooling()(squashed)))
        errors.append(difference(found.y, torch.tanh(c[:, None] + squashed.cumsum(1))))
    (gradient,) = torch.autograd.grad(found.c.sum(), c)
    half = _lstm(0.0, True)
    seeing = _lstm(OPEN, True)
    with torch.no_grad():
        seeing.recurrent.weight[CANDIDATE] = torch.randn(UNITS, UNITS)
        return {
            "agreement_error": max(errors),
            "gradient_error": difference(gradient, torch.ones_like(c)),
            "order_error": difference(net(x.flip(1), h, c).c, found.c),
            "half_open_difference": difference(half(x, h, c).c, c + SumPooling()(_squashed(half, x))),
            "recurrent_difference": difference(seeing(x, h, c).c, c + SumPooling()(_squashed(seeing, x))),
        }


def _squashed(net: LSTM, x: Tensor) -> Tensor:
    """Return the candidates of all steps without a state."""
    return torch.tanh(net.input(x)[..., CANDIDATE])


def _lstm(bias: float, forget_gate: bool) -> LSTM:
    """Return an LSTM without recurrent weights whose gates have a given bias and no inputs."""
    net = LSTM(in_features=FEATURES, units=UNITS, peepholes=False, forget_gate=forget_gate).double()
    with torch.no_grad():
        net.recurrent.weight.zero_()
        candidate_weight, candidate_bias = net.input.weight[CANDIDATE].clone(), net.input.bias[CANDIDATE].clone()
        net.input.weight.zero_()
        net.input.bias.fill_(bias)
        net.input.weight[CANDIDATE], net.input.bias[CANDIDATE] = candidate_weight, candidate_bias
    return net
