"""Exact checks of WaveNet."""

import itertools

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.convolutional.wavenet import WaveNet
from implementations.claims.agreement import difference


def probabilities_add_up_to_one(generator: torch.Generator) -> float:
    """Return how far the sum of the probabilities of all sequences of three symbols, four long, is from one."""
    net = WaveNet(levels=1).double()
    sequences = torch.tensor(list(itertools.product(range(3), repeat=4)))
    x = F.one_hot(sequences, 3).double()
    return abs((-net.negative_log_likelihood(generator=generator, x=x)).exp().sum().item() - 1)


def receptive_field(generator: torch.Generator) -> float:
    """Return how far the number of elements that a prediction sees is from its formula, for several sizes.

    With positive weights and inputs every unit is active, so that nothing in reach goes unnoticed.
    """
    errors = []
    for levels, stacks, kernel_size in [(1, 1, 2), (3, 1, 2), (2, 2, 3), (2, 3, 2)]:
        net = WaveNet(levels=levels, stacks=stacks, kernel_size=kernel_size).double()
        for parameter in net.parameters():
            parameter.data = parameter.data.abs() / 4 + 0.01
        x = torch.rand(1, net.receptive_field + 5, 3, generator=generator, dtype=torch.float64, requires_grad=True)
        (gradient,) = torch.autograd.grad(net(x)[0, -1].sum(), x)
        seen = gradient[0].abs().sum(1).nonzero()[:, 0].tolist()
        last = x.shape[1] - 2  # the element before the predicted one
        errors.append(abs(last + 1 - min(seen) - net.receptive_field) + abs(last - max(seen)))
    return float(max(errors))


def with_the_own_element_it_predicts_the_next(generator: torch.Generator) -> float:
    """Return the difference between outputs that see their own element and those one position later that do not.

    Windows that reach ahead of the start are left out: a zero ahead of a hidden layer is not what a zero ahead of the
    input becomes.
    """
    net = WaveNet().double()
    x = torch.randn(2, 16, 3, generator=generator, dtype=torch.float64)
    later = net(x)[:, net.receptive_field :]
    net.own = True
    return difference(net(x)[:, net.receptive_field - 1 : -1], later)


def written_out(generator: torch.Generator) -> float:
    """Return the difference from the equations, in which every output is a sum over the elements under a filter."""
    net = WaveNet(stacks=2).double()
    x = torch.randn(9, 3, generator=generator, dtype=torch.float64)
    state = _filtered(torch.cat([torch.zeros_like(x[:1]), x[:-1]]), net.first.weight, net.first.bias, 1)
    total = torch.zeros(9, 6, dtype=torch.float64)
    for block, dilation in zip(net.blocks, [1, 2, 1, 2], strict=True):
        sums = _filtered(state, block.filter_and_gate.weight, block.filter_and_gate.bias, dilation)
        z = torch.tanh(sums[:, :5]) / (1 + torch.exp(-sums[:, 5:]))
        total = total + z @ block.skip.weight[:, :, 0].T + block.skip.bias
        if block.residual is not None:
            state = state + z @ block.residual.weight[:, :, 0].T + block.residual.bias
    for layer in (net.output[1], net.output[3]):
        total = total.clamp(min=0) @ layer.weight[:, :, 0].T + layer.bias
    return difference(net(x[None])[0], total)


def _filtered(x: Tensor, filters: Tensor, bias: Tensor, dilation: int) -> Tensor:
    """Return, at every position, the sum over the two positions under the filters."""
    before = torch.cat([torch.zeros_like(x[:dilation]), x])[: len(x)]
    return before @ filters[:, :, 0].T + x @ filters[:, :, 1].T + bias
