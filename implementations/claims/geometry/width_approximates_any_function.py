"""Experiment: how well do networks with one hidden layer of growing width fit a function?

Source: the lecture, S11; Cybenko 1989 (cybenko1989approximation), Hornik et al. 1989 (hornik1989multilayer).

Method: networks with one hidden layer of 1 to 64 hyperbolic tangents are fitted to sin 3x + x / 2 at 200 points from -2
to 2 by L-BFGS, each from two random starts, of which the better one counts. The same is done with units that are the
identity. The weights of every fitted network are also written into one of twice the width, whose other units have
output weights of zero.

Measures:
    powers: log10 of the root mean squared error at width 1, less that at width 16: L-BFGS amplifies rounding, which
        changes such small errors by some tens per cent.
    nested_error: largest difference of a network from the wider one that contains it, divided by the largest output.
    powers_linear: the same at width 64 with identities in place of tangents.
    width: 1, 2, .., 64; tangents, identities: root mean squared error.
"""

import math

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.agreement import difference

WIDTHS, STARTS, ITERATIONS = [1, 2, 4, 8, 16, 32, 64], 2, 200
X = torch.linspace(-2, 2, 200, dtype=torch.float64)[:, None]
TARGET = torch.sin(3 * X) + X / 2


def run(seed: int) -> dict[str, float | list[float]]:
    """Fit networks of all widths.

    Args:
        seed: Seed of the first weights.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    fits = [best(width, "tanh") for width in WIDTHS]
    tangents = [error(network) for network in fits]
    identities = [error(best(width, "identity")) for width in WIDTHS]
    return {
        "powers": math.log10(tangents[0] / tangents[WIDTHS.index(16)]),
        "nested_error": max(difference(widened(network)(X), network(X)) for network in fits),
        "powers_linear": math.log10(tangents[0] / identities[-1]),
        "width": [float(width) for width in WIDTHS],
        "tangents": tangents,
        "identities": identities,
    }


def perceptron(width: int, activation: str) -> MLP:
    """Return a network with one hidden layer of random weights."""
    return MLP(in_features=1, hidden=[width], out_features=1, activation=activation).double()


def best(width: int, activation: str) -> MLP:
    """Return the better of the networks that were fitted from some random starts."""
    return min((fitted(perceptron(width, activation)) for _ in range(STARTS)), key=error)


def fitted(network: MLP) -> MLP:
    """Return the network after fitting."""
    optimiser = torch.optim.LBFGS(
        network.parameters(), max_iter=ITERATIONS, tolerance_grad=1e-9, tolerance_change=1e-12,
        line_search_fn="strong_wolfe",
    )  # fmt: skip

    def loss() -> Tensor:
        optimiser.zero_grad()
        value = (network(X) - TARGET).square().mean()
        value.backward()
        return value

    optimiser.step(loss)
    return network.requires_grad_(False)


def error(network: nn.Module) -> float:
    """Return the root mean squared error."""
    return (network(X) - TARGET).square().mean().sqrt().item()


def widened(network: MLP) -> MLP:
    """Return a network of twice the width that computes the same: the added units have output weights of zero."""
    hidden, read_out = (layer for layer in network.layers if isinstance(layer, nn.Linear))
    width = hidden.out_features
    wider = perceptron(2 * width, "tanh").requires_grad_(False)
    into, out_of = (layer for layer in wider.layers if isinstance(layer, nn.Linear))
    into.weight[:width], into.bias[:width] = hidden.weight, hidden.bias
    out_of.weight[:, :width], out_of.weight[:, width:], out_of.bias[:] = read_out.weight, 0.0, read_out.bias
    return wider
