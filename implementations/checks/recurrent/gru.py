"""Exact checks of the GRU."""

import math

import torch

from implementations.architectures.recurrent.gru import GRU
from implementations.claims.agreement import difference


def written_out_for_one_unit(generator: torch.Generator) -> float:
    """Return the difference from the slide's equations, number by number, for one unit over three steps.

    For both meanings of the update gate, with the reset before the recurrent matrix.
    """
    errors = []
    for convention in ("update", "keep"):
        net = GRU(in_features=1, units=1, convention=convention).double()
        x, h = torch.randn(3, generator=generator, dtype=torch.float64), 0.0
        found = net(x[None, :, None]).y.flatten()
        (w_r, w_z, w_h), (b_r, b_z, b_h), (u_r, u_z), (u_h,) = (
            values.flatten().tolist()
            for values in (net.input.weight, net.input.bias, net.gates.weight, net.candidate.weight)
        )
        outputs = []
        for value in x.tolist():
            r, z = _logistic(w_r * value + u_r * h + b_r), _logistic(w_z * value + u_z * h + b_z)
            candidate = math.tanh(w_h * value + u_h * (r * h) + b_h)
            share = z if convention == "update" else 1 - z
            h = (1 - share) * h + share * candidate
            outputs.append(h)
        errors.append(difference(found, torch.tensor(outputs, dtype=torch.float64)))
    return max(errors)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))
