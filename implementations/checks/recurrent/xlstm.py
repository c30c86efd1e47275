"""Exact checks of xLSTM."""

import math

import torch
from torch.nn import functional as F

from implementations.architectures.recurrent.xlstm import KERNEL_SIZE, XLSTM
from implementations.claims.agreement import difference

STEPS = 9


def step_by_step(generator: torch.Generator) -> float:
    """Return the difference between all positions at once and one after the other, with the state passed on."""
    net = XLSTM(matrix=2, scalar=2).double()
    x = net.example_inputs(generator, T=STEPS)["x"].double()
    at_once, h, outputs = net(x), None, []
    for position in x.split(1, 1):
        y, h = net(position, h)
        outputs.append(y)
    return max(difference(torch.cat(outputs, 1), at_once.y), difference(h, at_once.h))


def blocks_written_out(generator: torch.Generator) -> float:
    """Return the difference from fig. 10 and 11, with the parallel form of the mLSTM and the sLSTM as it stands."""
    net = XLSTM().double()
    x = net.example_inputs(generator, B=1, T=STEPS)["x"].double()
    matrix, scalar = net.blocks
    with torch.no_grad():
        matrix.skip.normal_(generator=generator)
    h = net.embedding(x)[0]
    u, z = matrix.up(matrix.norm(h)).chunk(2, 1)
    a = torch.stack([_filtered(matrix.convolution, u, t) for t in range(STEPS)])
    a = a * a.sigmoid()
    q, k, v = matrix.query(a), matrix.key(a), matrix.value(u)
    i, f = matrix.gates(torch.cat([q, k, v], 1)).unbind(1)
    gates = torch.zeros(STEPS, STEPS, dtype=torch.float64)
    for t in range(STEPS):
        for s in range(t + 1):
            gates[t, s] = f[s + 1 : t + 1].sigmoid().prod() * i[s].exp()  # eq. 71 to 73
    weights = q @ k.T / math.sqrt(matrix.inner) * gates
    read = weights @ v / weights.sum(1, keepdim=True).abs().clamp(min=1)  # eq. 76
    h = h + matrix.down((matrix.cell_norm(read) + matrix.skip * a) * z * z.sigmoid())
    nothing = torch.zeros(1, len(h[0]), dtype=torch.float64)
    states = scalar.cell(scalar.norm(h)[None], nothing, nothing, nothing, nothing - torch.inf).y[0]
    h = h + scalar.cell_norm(states)
    gate, units = scalar.up(scalar.perceptron_norm(h)).chunk(2, 1)
    h = h + scalar.down(F.gelu(gate) * units)
    return difference(net(x).y[0], net.read_out(net.norm(h)))


def _filtered(convolution: torch.nn.Conv1d, u: torch.Tensor, t: int) -> torch.Tensor:
    """Return the convolution's output at a position; there is nothing before the first."""
    seen = range(max(0, t - KERNEL_SIZE + 1), t + 1)
    return convolution.bias + sum(convolution.weight[:, 0, KERNEL_SIZE - 1 - (t - s)] * u[s] for s in seen)
