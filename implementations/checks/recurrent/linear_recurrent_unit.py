"""Exact checks of the linear recurrent unit."""

import torch
from torch import Tensor

from implementations.architectures.recurrent.linear_recurrent_unit import LinearRecurrentUnit
from implementations.claims.agreement import difference


def one_after_the_other(generator: torch.Generator) -> float:
    """Return the difference between all steps at once and a loop over the equations, number by number."""
    net, (matrix_in, matrix_out) = _network(generator)
    x = torch.randn(11, 3, generator=generator, dtype=torch.float64)
    found = net(x[None])
    state, outputs = torch.zeros(6, dtype=torch.complex128), []
    for step in x:
        eigenvalues = torch.exp(-net.log_decay.exp() + 1j * net.log_angle.exp())
        state = eigenvalues * state + net.log_scale.exp() * (matrix_in @ step.to(torch.complex128))
        outputs.append((matrix_out @ state).real + net.skip * step)
    last = torch.cat([state.real, state.imag])
    return max(difference(found.y[0], torch.stack(outputs)), difference(found.h[0], last))


def it_is_a_convolution(generator: torch.Generator) -> float:
    """Return the difference from a convolution with the filters Re(C lambda^k gamma B), by Fourier transforms."""
    net, (matrix_in, matrix_out) = _network(generator)
    x = torch.randn(2, 12, 3, generator=generator, dtype=torch.float64)
    powers = net.eigenvalues[None] ** torch.arange(12)[:, None]  # [T, units]
    scaled = net.log_scale.exp()[:, None] * matrix_in
    filters = torch.einsum("gu,tu,uf->tgf", matrix_out, powers, scaled).real
    padded = 24  # twice the length, so that the end of the circle meets zeros
    spectrum = torch.einsum("tgf,btf->btg", torch.fft.fft(filters, padded, 0), torch.fft.fft(x, padded, 1))
    return difference(net(x).y, torch.fft.ifft(spectrum, dim=1).real[:, :12] + net.skip * x)


def eigenvalues_stay_in_the_disc(generator: torch.Generator) -> float:
    """Return how far the eigenvalues of weights from a wide range are from their formula, or outside the disc."""
    net = LinearRecurrentUnit(units=1000).double()
    for parameter in (net.log_decay, net.log_angle):
        parameter.data = 3 * torch.randn(1000, generator=generator, dtype=torch.float64)
    moduli = torch.exp(-torch.exp(net.log_decay))
    outside = float((net.eigenvalues.abs() >= 1).double().mean())
    return max(difference(net.eigenvalues.abs(), moduli), outside)


def normalisation_keeps_the_size_of_inputs(generator: torch.Generator) -> float:
    """Return the difference between the size of every number of the state after white noise, and that of its input.

    White noise adds up to a variance that is the sum of all squared responses to one input.
    """
    net = LinearRecurrentUnit(largest=0.9).double()
    net.log_scale.data = (1 - (-2 * net.log_decay.exp()).exp()).log() / 2  # as at the start, not rounded to float32
    impulse = torch.zeros(1, 400, 3, dtype=torch.float64)
    impulse[0, 0] = torch.randn(3, generator=generator, dtype=torch.float64)
    states = torch.stack([net(impulse[:, :length]).h[0] for length in range(1, 401)])  # [T, U]
    squares = states.square().sum(0).unflatten(0, (2, -1)).sum(0)
    return difference(squares, net.input(impulse[0, 0]).square().unflatten(0, (2, -1)).sum(0))


def _network(generator: torch.Generator) -> tuple[LinearRecurrentUnit, tuple[Tensor, Tensor]]:
    """Return a unit whose scales are not those of the start, and its matrices B and C."""
    net = LinearRecurrentUnit().double()
    net.log_scale.data += 0.3 * torch.randn(6, generator=generator, dtype=torch.float64)
    real, imaginary = net.input.weight.chunk(2)
    real_out, minus_imaginary_out = net.output.weight.chunk(2, 1)
    return net, (torch.complex(real, imaginary), torch.complex(real_out, -minus_imaginary_out))
