"""Exact checks of the sLSTM cell."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.gating_mechanism.slstm_cell import SLSTMCell, State

BATCH, STEPS = 2, 9


def started(net: SLSTMCell, x: Tensor) -> State:
    """Return the states of a sequence with nothing before."""
    nothing = x.new_zeros(BATCH, net.recurrent.in_features)
    return net(x, nothing, nothing, nothing, nothing - torch.inf)


def drawn(generator: torch.Generator) -> tuple[SLSTMCell, Tensor]:
    """Return a cell and a sequence."""
    net = SLSTMCell().double()
    return net, 3 * torch.randn(BATCH, STEPS, net.input.in_features, generator=generator, dtype=torch.float64)


def without_stabiliser(generator: torch.Generator) -> float:
    """Return the difference from eq. 8 to 14 as they stand, in hidden states and in what is kept."""
    net, x = drawn(generator)
    h = c = n = torch.zeros(BATCH, net.recurrent.in_features).double()
    states = []
    for t in range(STEPS):
        i, f, z, o = (net.input(x[:, t]) + net.recurrent(h)).chunk(4, 1)
        c = f.sigmoid() * c + i.exp() * z.tanh()
        n = f.sigmoid() * n + i.exp()
        h = o.sigmoid() * c / n
        states.append(h)
    found = started(net, x)
    scale = found.m.exp()
    kept = max(difference(scale * found.c, c), difference(scale * found.n, n))
    return max(difference(found.y, torch.stack(states, 1)), kept)


def is_a_weighted_mean(generator: torch.Generator) -> float:
    """Return the difference between c / n and a softmax-weighted mean of the cell inputs, without recurrent weights."""
    net, x = drawn(generator)
    net.recurrent.weight.data.zero_()
    i, f, z, o = net.input(x).chunk(4, 2)
    sums = torch.nn.functional.logsigmoid(f).cumsum(1)
    logs = sums[:, :, None] - sums[:, None] + i[:, None]  # [B, T, T, U]
    logs = logs.masked_fill(torch.ones(STEPS, STEPS).triu(1).bool()[..., None], -torch.inf)
    means = (logs.softmax(2) * z.tanh()[:, None]).sum(2)
    return difference(started(net, x).y, o.sigmoid() * means)


def continued(generator: torch.Generator) -> float:
    """Return the difference between one run, and two with the state passed on."""
    net, x = drawn(generator)
    whole, first = started(net, x), started(net, x[:, :4])
    second = net(x[:, 4:], *first[1:])
    states = max(difference(found, expected) for found, expected in zip(second[1:], whole[1:], strict=True))
    return max(difference(torch.cat([first.y, second.y], 1), whole.y), states)
