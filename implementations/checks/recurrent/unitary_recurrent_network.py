"""Exact checks of the unitary recurrent network: the matrix of its factors, and the lengths that it keeps."""

import math

import torch
from torch import Tensor

from implementations.architectures.recurrent.unitary_recurrent_network import UnitaryRecurrentNetwork
from implementations.claims.agreement import difference

UNITS = 12


def _net(generator: torch.Generator) -> UnitaryRecurrentNetwork:
    return UnitaryRecurrentNetwork(units=UNITS, linear=True).double()


def _matrix(net: UnitaryRecurrentNetwork) -> Tensor:
    """Return W, by applying the factors to the coordinate vectors."""
    identity = torch.view_as_real(torch.eye(UNITS, dtype=torch.complex128))
    return torch.view_as_complex(net.transition(identity, net.diagonals())).T


def matrix_is_unitary(generator: torch.Generator) -> float:
    """Return how far W* W is from the identity."""
    matrix = _matrix(_net(generator))
    return torch.dist(matrix.mH @ matrix, torch.eye(UNITS)).item()


def matrix_is_the_product_of_its_factors(generator: torch.Generator) -> float:
    """Return the difference of W from the product of eight explicit matrices."""
    net = _net(generator)
    first, second, third = (torch.diag(torch.exp(1j * phase)) for phase in net.phases)
    index = torch.arange(UNITS, dtype=torch.float64)
    fourier = torch.exp(-2j * math.pi * torch.outer(index, index) / UNITS) / math.sqrt(UNITS)
    mirrors = []
    for reflection in net.reflections:
        normal = torch.complex(*reflection.normal.unbind(1))
        mirrors.append(torch.eye(UNITS) - 2 * torch.outer(normal, normal.conj()) / normal.abs().square().sum())
    shuffle = torch.eye(UNITS, dtype=torch.complex128)[net.permutation]
    expected = third @ mirrors[1] @ fourier.conj() @ second @ shuffle @ mirrors[0] @ fourier @ first
    return difference(torch.view_as_real(_matrix(net)), torch.view_as_real(expected))


def transition_has_seven_parameters_a_unit(generator: torch.Generator) -> float:
    """Return how far the number of real parameters behind W is from 7 U."""
    net = _net(generator)
    behind = [parameter for name, parameter in net.named_parameters() if name.startswith(("phases", "reflections"))]
    outputs = net.transition(torch.randn(1, UNITS, 2, generator=generator).double(), net.diagonals()).sum()
    torch.autograd.grad(outputs, behind)  # fails if one of them has no part in it
    return abs(sum(parameter.numel() for parameter in behind) / (7 * UNITS) - 1)


def state_keeps_its_length_until_biases_are_learned(generator: torch.Generator) -> float:
    """Return by how much the length of a state changes in 1000 steps without inputs, with the first modReLU."""
    net = UnitaryRecurrentNetwork(units=UNITS).double()
    first = torch.randn(2, UNITS, 2, generator=generator, dtype=torch.float64)
    last = net(torch.zeros(2, 1000, 3).double(), first).h
    return difference(last.flatten(1).norm(dim=1), first.flatten(1).norm(dim=1))


def steps_follow_the_equations(generator: torch.Generator) -> float:
    """Return the difference of outputs and last state from the equations, with torch's complex numbers throughout."""
    net = UnitaryRecurrentNetwork(units=UNITS).double()
    torch.nn.init.normal_(net.activation.bias, std=0.5, generator=generator)  # some units are off
    x = torch.randn(2, 6, 3, generator=generator, dtype=torch.float64)
    found = net(x)
    matrix = _matrix(net)
    into = torch.complex(net.input.weight[::2], net.input.weight[1::2])
    real, imaginary = net.read_out.weight[:, ::2], net.read_out.weight[:, 1::2]
    h = torch.complex(*net.first.unbind(1)).expand(2, -1)
    outputs = []
    for step in x.unbind(1):
        h = h @ matrix.T + step.to(h.dtype) @ into.T
        h = torch.polar((h.abs() + net.activation.bias).clamp_min(0), h.angle())
        outputs.append(h.real @ real.T + h.imag @ imaginary.T + net.read_out.bias)
    return max(difference(found.y, torch.stack(outputs, 1)), difference(found.h, torch.view_as_real(h)))
