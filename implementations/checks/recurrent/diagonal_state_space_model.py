"""Exact checks of the diagonal state space model."""

import torch

from implementations.architectures.recurrent.diagonal_state_space_model import DiagonalStateSpaceModel
from implementations.claims.agreement import difference


def one_position_after_the_other(generator: torch.Generator) -> float:
    """Return the difference between convolutions and recurrences whose states are passed on, through all layers."""
    net = DiagonalStateSpaceModel().double()
    x = torch.randn(11, 3, generator=generator, dtype=torch.float64)
    states = [torch.zeros(4, 3, dtype=torch.complex128) for _ in net.layers]
    outputs = []
    for position in x:
        value = net.embedding.weight @ position + net.embedding.bias
        for index, layer in enumerate(net.layers):
            space = layer.state_space
            factors, entering = space.coefficients()
            states[index] = factors * states[index] + entering * value[:, None]
            filtered = 2 * (torch.view_as_complex(space.output) * states[index]).real.sum(1) + space.skip * value
            unit = filtered * (1 + torch.erf(filtered / 2**0.5)) / 2
            mixed, gate = (layer.mixing.weight @ unit + layer.mixing.bias).chunk(2)
            value = value + mixed / (1 + torch.exp(-gate))
            centred = value - value.mean()
            value = centred / (centred.square().mean() + layer.norm.eps).sqrt() * layer.norm.weight + layer.norm.bias
        outputs.append(net.read_out.weight @ value + net.read_out.bias)
    return difference(net(x[None])[0], torch.stack(outputs))


def filter_is_an_integral_of_decaying_waves(generator: torch.Generator) -> float:
    """Return the difference of a filter from the integral over one step of the waves that it is made of."""
    space = DiagonalStateSpaceModel(layers=1).double().layers[0].state_space
    space.log_step.data = -1 - torch.rand(4, generator=generator, dtype=torch.float64)
    times = torch.arange(6, dtype=torch.float64)[:, None, None] * space.log_step.exp()[:, None]  # [T, D, 1]
    nodes, weights = _gauss(24)
    step = space.log_step.exp()[:, None, None]
    inside = times[..., None] + step * nodes  # [T, D, 1, nodes]
    rates, frequencies = space.log_decay.exp()[..., None], space.frequency[..., None]
    real, imaginary = space.output[..., 0, None], space.output[..., 1, None]
    waves = torch.exp(-rates * inside) * (
        real * torch.cos(frequencies * inside) - imaginary * torch.sin(frequencies * inside)
    )
    return difference(space.filters(6), 2 * (waves * weights * step).sum((-1, -2)))


def _gauss(number: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return nodes and weights of Gauss's quadrature between 0 and 1."""
    indexes = torch.arange(1, number, dtype=torch.float64)
    beside = indexes / (4 * indexes.square() - 1).sqrt()
    nodes, vectors = torch.linalg.eigh(torch.diag(beside, 1) + torch.diag(beside, -1))
    return (nodes + 1) / 2, vectors[0].square()
