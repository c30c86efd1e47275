"""Exact checks of the neural ODE."""

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.neural_ode import NeuralODE
from implementations.claims.agreement import difference


class Linear(nn.Module):
    """A field that is a matrix times the features."""

    def __init__(self, matrix: Tensor) -> None:
        super().__init__()
        self.matrix = nn.Parameter(matrix)

    def forward(self, t: float, h: Tensor) -> Tensor:
        """Return the slope."""
        return h @ self.matrix.T


def drawn(generator: torch.Generator, **arguments: object) -> tuple[NeuralODE, Tensor]:
    """Return a network with arbitrary weights, and inputs."""
    net = NeuralODE(**arguments).double()
    for parameter in net.parameters():
        parameter.data = 0.5 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net, torch.randn(4, net.features, generator=generator, dtype=torch.float64)


def linear_field_is_a_matrix_exponential(generator: torch.Generator) -> float:
    """Return the difference from the matrix exponential, for a field that is linear and small steps."""
    net, x = drawn(generator, steps=400, method="rk4")
    matrix = 0.5 * torch.randn(3, 3, generator=generator, dtype=torch.float64)
    net.field = Linear(matrix)
    return difference(net(x), x @ torch.linalg.matrix_exp(matrix).T)


def adjoint_gradients_are_those_through_the_steps(generator: torch.Generator) -> float:
    """Return the largest difference of outputs and gradients between the two ways, for small steps."""
    net, x = drawn(generator, steps=400, method="rk4")
    upstream = torch.randn(4, 3, generator=generator, dtype=torch.float64)
    results = []
    for adjoint in (True, False):
        net.adjoint = adjoint
        given = x.clone().requires_grad_()
        y = net(given)
        results.append([y, *torch.autograd.grad(y, [given, *net.parameters()], upstream)])
    return max(difference(found, expected) for found, expected in zip(*results, strict=True))


def motion_backwards_returns(generator: torch.Generator) -> float:
    """Return the distance from the start after a motion by small steps and the same motion backwards."""
    net, x = drawn(generator, steps=400, method="rk4")
    forwards = net(x)

    class Reversed(nn.Module):
        """The field of the motion backwards, whose time begins at the end."""

        def __init__(self, field: nn.Module) -> None:
            super().__init__()
            self.inner = field

        def forward(self, t: float, h: Tensor) -> Tensor:
            """Return the slope."""
            return -self.inner(1.0 - t, h)

    net.field = Reversed(net.field)
    return difference(net(forwards), x)
