"""Exact checks of the orthogonal recurrent network: the lengths that it keeps, its sum of inputs, and its penalty."""

import torch

from implementations.architectures.recurrent.orthogonal_recurrent_network import OrthogonalRecurrentNetwork
from implementations.claims.agreement import difference


def state_keeps_its_length(generator: torch.Generator) -> float:
    """Return by how much the length of a state has changed after 1000 steps with an input that adds nothing to it."""
    net = OrthogonalRecurrentNetwork(units=16).double()
    torch.nn.init.normal_(net.rotation.weight, generator=generator)  # any parameters, not just the initial ones
    torch.nn.init.zeros_(net.input.bias)
    first = torch.randn(2, 16, generator=generator, dtype=torch.float64)
    return difference(net(torch.zeros(2, 1000, 3).double(), first).h.norm(dim=1), first.norm(dim=1))


def gradient_keeps_its_length(generator: torch.Generator) -> float:
    """Return by how much longer or shorter a gradient is at the first state than at the last, 300 steps later."""
    net = OrthogonalRecurrentNetwork(units=16).double()
    torch.nn.init.normal_(net.rotation.weight, generator=generator)
    x = torch.randn(1, 300, 3, generator=generator, dtype=torch.float64)
    first, upstream = torch.randn(2, 1, 16, generator=generator, dtype=torch.float64)
    first.requires_grad_()
    (received,) = torch.autograd.grad(net(x, first).h, first, upstream)
    return abs((received.norm() / upstream.norm()).item() - 1)


def state_is_a_sum_of_rotated_inputs(generator: torch.Generator) -> float:
    """Return the difference of the last state from the sum of all squashed inputs, each rotated once for every step."""
    net = OrthogonalRecurrentNetwork().double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, T=40).items()}
    matrix = net.transition()
    added = [inputs["h"], *torch.tanh(net.input(inputs["x"])).unbind(1)]
    ages = range(len(added) - 1, -1, -1)
    expected = sum(value @ torch.linalg.matrix_power(matrix, age).T for value, age in zip(added, ages, strict=True))
    return difference(net(**inputs).h, expected)


def penalty_is_zero_at_orthogonal_matrices(generator: torch.Generator) -> float:
    """Return the penalty of the soft variant at its start, and the error of its gradient 4 V (V^T V - I) elsewhere."""
    net = OrthogonalRecurrentNetwork(constraint="soft").double()
    matrix = net.weight
    with torch.no_grad():
        matrix.copy_(torch.linalg.qr(matrix).Q)  # it starts orthogonal to the precision of single numbers only
        start = net.penalty().item()
        matrix.add_(0.3 * torch.randn(matrix.shape, generator=generator, dtype=matrix.dtype))
    (gradient,) = torch.autograd.grad(net.penalty(), matrix)
    expected = 4 * matrix @ (matrix.T @ matrix - torch.eye(len(matrix), dtype=matrix.dtype))
    return max(start, difference(gradient, expected.detach()))
