"""Exact checks of the Fourier neural operator."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.convolutional.fourier_neural_operator import FourierNeuralOperator
from implementations.claims.agreement import difference


def layers_are_those_of_the_equations(generator: torch.Generator) -> float:
    """Return the difference from maps of every sample and fast Fourier transforms, written out for two blocks."""
    net, x = _net(generator), torch.randn(2, 1, 9, generator=generator, dtype=torch.float64)
    first, second = net.blocks
    v = F.relu(_update(first, _each(net.lift, x)))
    expected = _each(net.project[2], F.relu(_each(net.project[0], _update(second, v))))
    return difference(net(x), expected)


def one_block_gives_the_same_function_on_a_finer_grid(generator: torch.Generator) -> float:
    """Return the difference on every fourth of 32 samples from 8, without a rectifier between spectral convolutions."""
    net = _net(generator, blocks=1)
    amplitudes = torch.randn(2, 1, 4, generator=generator, dtype=torch.complex128)
    turns = [2j * math.pi * torch.arange(samples, dtype=torch.float64) / samples for samples in (8, 32)]
    coarse, fine = (net((amplitudes @ torch.exp(torch.arange(4)[:, None] * t)).real) for t in turns)
    return difference(fine[:, :, ::4], coarse)


def _net(generator: torch.Generator, **sizes: int) -> FourierNeuralOperator:
    net = FourierNeuralOperator(**sizes).double().requires_grad_(False)
    for parameter in net.parameters():
        parameter.normal_(generator=generator)
    return net


def _each(layer: nn.Conv1d, v: Tensor) -> Tensor:
    """Return a linear map of every sample."""
    return F.linear(v.mT, layer.weight[:, :, 0], layer.bias).mT


def _update(block: nn.Module, v: Tensor) -> Tensor:
    """Return a block's output, by fast Fourier transforms."""
    matrices = torch.complex(*block.spectral.weight)
    spectrum = torch.einsum("kdc,bck->bdk", matrices, torch.fft.rfft(v)[:, :, : len(matrices)])
    return _each(block.local, v) + torch.fft.irfft(spectrum, n=v.shape[2])
