"""Exact checks of the temporal convolutional network."""

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.temporal_convolutional_network import TemporalConvolutionalNetwork
from implementations.claims.agreement import difference


def receptive_field(generator: torch.Generator) -> float:
    """Return how far the number of positions that an output sees is from its formula, for several sizes.

    With positive weights and inputs every unit is active, so that nothing in reach goes unnoticed.
    """
    errors = []
    for levels, kernel_size in [(1, 2), (2, 3), (3, 2), (3, 4)]:
        net = TemporalConvolutionalNetwork(levels=levels, kernel_size=kernel_size).double()
        for parameter in net.parameters():
            parameter.data.abs_().add_(0.1)
        x = torch.rand(1, net.receptive_field + 5, 3, generator=generator, dtype=torch.float64, requires_grad=True)
        (gradient,) = torch.autograd.grad(net(x)[0, -1].sum(), x)
        seen = gradient[0].abs().sum(1).nonzero()
        errors.append(abs(x.shape[1] - int(seen.min()) - net.receptive_field) / net.receptive_field)
    return max(errors)


def window_by_window(generator: torch.Generator) -> float:
    """Return the difference between a long sequence and each of its windows, one receptive field long, on its own."""
    net = TemporalConvolutionalNetwork().double()
    x = torch.randn(2, net.receptive_field + 9, 3, generator=generator, dtype=torch.float64)
    windows = x.unfold(1, net.receptive_field, 1).mT  # [B, windows, R, F]
    last = net(windows.flatten(0, 1))[:, -1].unflatten(0, windows.shape[:2])
    return difference(last, net(x)[:, net.receptive_field - 1 :])


def written_out(generator: torch.Generator) -> float:
    """Return the difference from the equations, in which every output is a sum over the positions under the filter."""
    net = TemporalConvolutionalNetwork().double()
    for parameter in net.parameters():
        parameter.data.add_(0.3 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    x = torch.randn(9, 3, generator=generator, dtype=torch.float64)
    found, state = net(x[None])[0], x
    for level, (sum_, _) in enumerate(net.blocks):
        branch = state
        for layer in (sum_.branch[0], sum_.branch[2]):
            length, direction = layer.parametrizations.weight.original0, layer.parametrizations.weight.original1
            filters = length * direction / direction.square().sum((1, 2), keepdim=True).sqrt()
            branch = _filtered(branch, filters, layer.bias, 2**level).clamp(min=0)
        projection = sum_.shortcut
        if not isinstance(projection, nn.Identity):
            state = state @ projection.weight[:, :, 0].T + projection.bias
        state = (state + branch).clamp(min=0)
    return difference(found, state @ net.read_out.weight.T + net.read_out.bias)


def _filtered(x: Tensor, filters: Tensor, bias: Tensor, dilation: int) -> Tensor:
    size = filters.shape[2]
    outputs = []
    for position in range(len(x)):
        y = bias
        for back in range(size):
            if position >= dilation * back:
                y = y + filters[:, :, size - 1 - back] @ x[position - dilation * back]
        outputs.append(y)
    return torch.stack(outputs)
