"""Exact checks of the UR-LSTM: two special cases, a step written out, and the fading of its first cells."""

import math

import torch
from torch import Tensor

from implementations.architectures.recurrent.lstm import LSTM
from implementations.architectures.recurrent.ur_lstm import URLSTM
from implementations.claims.agreement import difference


def _randomise(net: torch.nn.Module, generator: torch.Generator) -> None:
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=0.7, generator=generator)


def _inputs(net: URLSTM, generator: torch.Generator) -> dict[str, Tensor]:
    return {name: value.double() for name, value in net.example_inputs(generator, T=20).items()}


@torch.no_grad()
def neutral_refine_gate_is_none(generator: torch.Generator) -> float:
    """Return the difference between a network whose refine gates are one half and the network without refine gates."""
    refined, plain = URLSTM().double(), URLSTM(refine=False).double()
    _randomise(refined, generator)
    others = 3 * plain.units
    for ours, theirs in (
        (refined.input.weight, plain.input.weight),
        (refined.recurrent.weight, plain.recurrent.weight),
    ):
        ours[others:] = 0
        theirs.copy_(ours[:others])
    refined.input.bias[others:] = 0
    plain.input.bias.copy_(refined.input.bias[:others])
    inputs = _inputs(plain, generator)
    return difference(refined(**inputs).y, plain(**inputs).y)


@torch.no_grad()
def without_refine_gate_it_is_an_lstm(generator: torch.Generator) -> float:
    """Return the difference between a network without refine gates and an LSTM with input gates 1 - f.

    The pre-activations of the LSTM's input gates are those of its forget gates with the sign changed.
    """
    tied, lstm = URLSTM(refine=False).double(), LSTM(peepholes=False).double()
    _randomise(tied, generator)
    pairs = [(getattr(tied, layer), getattr(lstm, layer)) for layer in ("input", "recurrent")]
    for ours, theirs in pairs:
        f, g, o = ours.weight.chunk(3)
        theirs.weight.copy_(torch.cat([-f, f, g, o]))
    f, g, o = tied.input.bias.chunk(3)
    lstm.input.bias.copy_(torch.cat([-f, f, g, o]))
    inputs = _inputs(tied, generator)
    ours, theirs = tied(**inputs), lstm(**inputs)
    return max(difference(ours.y, theirs.y), difference(ours.c, theirs.c))


@torch.no_grad()
def step_by_hand(generator: torch.Generator) -> float:
    """Return the error of one step of two cells with f = 3/4, r = 1/4, a cell of 2 and a candidate of 1/2.

    The gate is g = (1/4)(15/16) + (3/4)(9/16) = 21/32, and the cell (21/32) 2 + (11/32)(1/2) = 95/64.
    """
    net = URLSTM(in_features=1, units=2).double()
    for parameter in net.parameters():
        parameter.zero_()
    pre_activations = torch.tensor([math.log(3), math.atanh(0.5), 0, -math.log(3)], dtype=torch.float64)
    net.input.weight[:, 0] = pre_activations.repeat_interleave(2)
    one = torch.ones(1, 1, 1, dtype=torch.float64)
    h = torch.randn(1, 2, generator=generator, dtype=torch.float64)  # recurrent weights are zero: it must not matter
    found = net(one, h, torch.full((1, 2), 2.0, dtype=torch.float64))
    expected = torch.full((1, 2), 95 / 64, dtype=torch.float64)
    return max(difference(found.c, expected), difference(found.h, torch.tanh(expected) / 2))


@torch.no_grad()
def cells_fade_as_they_were_drawn(generator: torch.Generator) -> float:
    """Return the error of c_T = g^T c_0 at the start, with g = u (2 - 3 u + 2 u^2), where only biases act.

    A forget gate starts as u, its refine gate as 1 - u. The result also covers by how much a u leaves [1/U, 1 - 1/U].
    """
    net = URLSTM(units=50).double()
    f, *_ = net.input.bias.chunk(4)
    share = 1 / (1 + torch.exp(-f))
    net.input.weight.zero_()
    net.recurrent.weight.zero_()
    net.input.bias[50:100] = 0  # candidates
    c = torch.randn(2, 50, generator=generator, dtype=torch.float64)
    gate = share * (2 - 3 * share + 2 * share**2)
    beyond = (share - 0.5).abs().max().item() - (0.5 - 1 / 50) - 1e-6  # biases are drawn in single precision
    return max(difference(net(torch.zeros(2, 30, 3).double(), None, c).c, gate**30 * c), beyond)
