"""Exact checks of the LSTM."""

import math

import torch

from implementations.architectures.recurrent.lstm import LSTM
from implementations.claims.agreement import difference


def written_out_for_one_unit(generator: torch.Generator) -> float:
    """Return the difference from eq. 7-11 of Graves 2013, number by number, for one cell over three steps."""
    net = LSTM(in_features=1, units=1).double()
    x, h, c = torch.randn(3, generator=generator, dtype=torch.float64), 0.0, 0.0
    found = net(x[None, :, None])
    (w_i, w_f, w_c, w_o), (u_i, u_f, u_c, u_o), (b_i, b_f, b_c, b_o) = (
        values.flatten().tolist() for values in (net.input.weight, net.recurrent.weight, net.input.bias)
    )
    p_i, p_f, p_o = (net.peepholes[name].weight.item() for name in ("input", "forget", "output"))
    outputs = []
    for value in x.tolist():
        i = _logistic(w_i * value + u_i * h + p_i * c + b_i)
        f = _logistic(w_f * value + u_f * h + p_f * c + b_f)
        c = f * c + i * math.tanh(w_c * value + u_c * h + b_c)
        o = _logistic(w_o * value + u_o * h + p_o * c + b_o)
        h = o * math.tanh(c)
        outputs.append(h)
    expected = torch.tensor([*outputs, c], dtype=torch.float64)
    return difference(torch.cat([found.y.flatten(), found.c.flatten()]), expected)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))
