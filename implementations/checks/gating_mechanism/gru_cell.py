"""Exact checks of the GRU cell."""

import torch
from torch import nn

from implementations.architectures.recurrent.gru import GRU
from implementations.claims.agreement import difference
from implementations.concepts.gating_mechanism.gru_cell import GRUCell


def is_a_step_of_the_recurrent_network(generator: torch.Generator) -> float:
    """Return the difference to one step of our gated recurrent unit, whose other form is compared with torch's."""
    cell, network = GRUCell(in_features=3, units=6).double(), GRU(in_features=3, units=6).double()
    network.load_state_dict(cell.state_dict())
    inputs = {name: value.double() for name, value in cell.example_inputs(generator).items()}
    return difference(cell(**inputs), network(inputs["x"][:, None], inputs["h"]).h)


def from_nothing_it_is_torchs(generator: torch.Generator) -> float:
    """Return the difference to `nn.GRUCell` for a state of zero, where the reset gate has no effect.

    Torch's z is the share of the old state, ours that of the new.
    """
    cell, theirs = GRUCell(in_features=3, units=5).double(), nn.GRUCell(3, 5).double()
    signs = torch.tensor([1.0, -1.0, 1.0], dtype=torch.float64).repeat_interleave(5)
    nn.init.zeros_(theirs.bias_hh)
    theirs.weight_ih.data = signs[:, None] * cell.input.weight.data
    theirs.bias_ih.data = signs * cell.input.bias.data
    x = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    zero = torch.zeros(4, 5, dtype=torch.float64)
    return difference(cell(x, zero), theirs(x, zero))
