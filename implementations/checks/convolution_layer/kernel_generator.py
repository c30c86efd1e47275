"""Exact checks of the kernel generator."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.kernel_generator import KernelGenerator


def entry_by_entry(generator: torch.Generator) -> float:
    """Return the difference between kernels and their equations, channel by channel."""
    net = KernelGenerator(embedding=2, hidden=3, in_channels=4, out_channels=5, kernel_size=3).double()
    z = torch.randn(2, 2, generator=generator, dtype=torch.float64)
    first, constants = net.slices.weight.view(4, 3, 2), net.slices.bias.view(4, 3)
    output, offset = net.output.weight.view(5, 3, 3, 3), net.output.bias.view(5, 3, 3)
    expected = torch.empty(2, 5, 4, 3, 3, dtype=torch.float64)
    for channel in range(4):
        slices = z @ first[channel].T + constants[channel]
        expected[:, :, channel] = torch.einsum("dhwm,bm->bdhw", output, slices) + offset
    return difference(net(z), expected)


def kernels_are_affine_in_embeddings(generator: torch.Generator) -> float:
    """Return the difference between the kernel of a mixture and the mixture of two kernels."""
    net = KernelGenerator().double()
    z = torch.randn(2, net.embedding, generator=generator, dtype=torch.float64)
    one, other = net(z)
    return difference(net(0.3 * z[:1] + 0.7 * z[1:])[0], 0.3 * one + 0.7 * other)
