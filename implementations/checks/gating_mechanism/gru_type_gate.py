"""Exact checks of the GRU-type gate."""

import math

import torch
from torch import nn

from implementations.claims.agreement import difference
from implementations.concepts.gating_mechanism.gru_type_gate import GRUTypeGate


def is_torchs_unit_with_reset_before(generator: torch.Generator) -> float:
    """Return the difference to `nn.GRUCell` for a state of zero, where reset before and after the matrix are the same.

    Torch's z is the share of the old state, ours that of the new.
    """
    gate = GRUTypeGate(width=5).double()
    cell = nn.GRUCell(5, 5).double()
    for parameter in cell.parameters():
        nn.init.zeros_(parameter)
    r, z, candidate = gate.of_new.weight.data.chunk(3)
    cell.weight_ih.data = torch.cat([r, -z, candidate])
    cell.bias_ih.data[5:10] = gate.bias.data
    y = torch.randn(3, 5, generator=generator, dtype=torch.float64)
    zero = torch.zeros_like(y)
    return difference(gate(zero[None], y[None])[0], cell(y, zero))


def closed_it_is_the_identity(generator: torch.Generator) -> float:
    """Return the change of a signal that passes a gate with a large bias."""
    gate = GRUTypeGate(bias=800.0).double()
    inputs = {name: value.double() for name, value in gate.example_inputs(generator).items()}
    return difference(gate(**inputs), inputs["x"])


def starts_mostly_closed(generator: torch.Generator) -> float:
    """Return how far a gate with zero matrices is from letting 1 - sigmoid(-2) of the signal through: 88 per cent."""
    gate = GRUTypeGate().double()
    for layer in (gate.of_new, gate.of_old, gate.candidate):
        nn.init.zeros_(layer.weight)
    inputs = {name: value.double() for name, value in gate.example_inputs(generator).items()}
    share = 1 - torch.sigmoid(torch.tensor(-2.0, dtype=torch.float64))
    return difference(gate(**inputs), share * inputs["x"])


def written_out_for_one_unit(generator: torch.Generator) -> float:
    """Return the difference from r, z and candidate number by number, for one unit and two non-zero signals."""
    gate = GRUTypeGate(width=1).double()
    x, y = (float(value) for value in torch.randn(2, generator=generator, dtype=torch.float64))
    (w_r, w_z, w_g), (u_r, u_z), (u_g,), (b,) = (
        values.flatten().tolist()
        for values in (gate.of_new.weight, gate.of_old.weight, gate.candidate.weight, gate.bias)
    )
    r = 1 / (1 + math.exp(-(w_r * y + u_r * x)))
    z = 1 / (1 + math.exp(-(w_z * y + u_z * x - b)))
    expected = (1 - z) * x + z * math.tanh(w_g * y + u_g * r * x)
    found = gate(*(torch.tensor([[[value]]], dtype=torch.float64) for value in (x, y)))
    return difference(found, torch.full_like(found, expected))
