"""Exact checks of the echo state network: its read-out, the fading of its first state, and its leak."""

import torch
from torch import Tensor

from implementations.architectures.recurrent.echo_state_network import EchoStateNetwork
from implementations.claims.agreement import difference

WASH_OUT, RIDGE = 20, 0.1


def _fitted(generator: torch.Generator) -> tuple[EchoStateNetwork, Tensor, Tensor]:
    """Return a network whose read-out has been fitted, with the sequences and targets."""
    net = EchoStateNetwork(in_features=2, units=15, out_features=3).double()
    x, target = (torch.randn(4, 60, size, generator=generator, dtype=torch.float64) for size in (2, 3))
    net.fit(x, target, wash_out=WASH_OUT, ridge=RIDGE)
    return net, x, target


def read_out_is_ridge_regression(generator: torch.Generator) -> float:
    """Return the difference of the fitted read-out from scikit-learn's ridge regression on the same states."""
    from sklearn.linear_model import Ridge

    net, x, target = _fitted(generator)
    states = net.states(x)[:, WASH_OUT:].flatten(0, 1)
    model = Ridge(alpha=RIDGE, solver="svd").fit(states.numpy(), target[:, WASH_OUT:].flatten(0, 1).numpy())
    found = torch.cat([net.read_out.weight, net.read_out.bias[:, None]], 1)
    expected = torch.cat([torch.from_numpy(model.coef_), torch.from_numpy(model.intercept_)[:, None]], 1)
    return difference(found, expected)


def read_out_has_no_gradient_left(generator: torch.Generator) -> float:
    """Return the gradient of the penalised error at the fitted read-out, relative to that at a read-out of zero."""
    net, x, target = _fitted(generator)

    def gradient() -> Tensor:
        error = (net(x).y - target)[:, WASH_OUT:].square().sum() + RIDGE * net.read_out.weight.square().sum()
        return torch.cat([part.flatten() for part in torch.autograd.grad(error, list(net.parameters()))])

    fitted = gradient()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
    return (fitted.norm() / gradient().norm()).item()


def states_forget_where_they_started(generator: torch.Generator) -> float:
    """Return by how much two states from different starts are further apart than the contraction allows, 0 if never.

    Where s, the largest singular value of the recurrent matrix, is below one, the distance shrinks at every step at
    least by 1 - a + a s, for any input: the slope of the hyperbolic tangent is at most one.
    """
    excess = []
    for leak in (1.0, 0.4):
        net = EchoStateNetwork(units=20, spectral_radius=0.3, leak=leak).double()
        factor = 1 - leak + leak * torch.linalg.matrix_norm(net.recurrent_weight, 2)
        if factor >= 1:
            return float("inf")
        x = torch.randn(1, 100, 3, generator=generator, dtype=torch.float64)
        first, second = torch.randn(2, 1, 20, generator=generator, dtype=torch.float64)
        apart = (net.states(x, first) - net.states(x, second)).norm(dim=2)[0]  # [T]
        bound = (first - second).norm() * factor ** torch.arange(1, 101)
        excess.append((apart / bound - 1).max().item())
    return max(0.0, *excess)


def leaky_units_average_old_and_new(generator: torch.Generator) -> float:
    """Return the difference of a leaky step from the mean of old state and torch's step, weighted by the leak."""
    leak = 0.3
    net = EchoStateNetwork(leak=leak).double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, T=1).items()}
    weights = (net.input_weight, net.recurrent_weight, net.bias, torch.zeros_like(net.bias))
    plain = torch.rnn_tanh_cell(inputs["x"][:, 0], inputs["h"], *weights)
    return difference(net(**inputs).h, torch.lerp(inputs["h"], plain, leak))
