"""Experiment: how well a sum, in which every input has a gradient of one, determines one of its inputs.

Source: the lecture, S22; Gers, Schmidhuber & Cummins 2000 (gers2000learning), whose forget gate it motivates.

Method: the library's recurrent network with linear units and weights of one adds up n random inputs. The last input is
estimated from the sum: by symmetry the best estimate is the n-th part, for any distribution of the inputs; normal and
uniform ones are drawn. An LSTM, whose forget gate closes at the last input, keeps this input only, for comparison.

Measures:
    gradient_error: largest difference from one of the gradient of the sum with respect to any input.
    share_error: largest difference from 1 / n of the explained share of the last input's variance, over n = 1..10.
    explained: the explained share for n = 3, as on the slide.
    explained_forgetting: the share for n = 3 where the forget gate closes.
    gradient_forgotten: largest gradient of the cell then, with respect to the inputs before.
    explained_open: as `explained_forgetting`, with the gate open.
    count: 1, .., 10; summed, forgetting: shares by the number of inputs.
"""

import torch
from torch import Tensor

from implementations.architectures.recurrent.lstm import LSTM
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork

EXAMPLES, SLIDE, MOST, OPEN, SMALL = 20_000, 3, 10, 60.0, 1e-3


def run(seed: int) -> dict[str, float | list[float]]:
    """Add up or keep inputs, and estimate the last one.

    Args:
        seed: Seed of the inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    normal = torch.randn(EXAMPLES, MOST, 1, generator=generator, dtype=torch.float64)
    uniform = torch.rand(EXAMPLES, MOST, 1, generator=generator, dtype=torch.float64)
    counts = range(1, MOST + 1)
    by_kind = [[explained(adder(x[:, :n]), x[:, n - 1]) for n in counts] for x in (normal, uniform)]
    by_count = [explained(keeper(normal[:, :n]), normal[:, n - 1]) for n in counts]
    x = normal[:1, :SLIDE].clone().requires_grad_()
    added = torch.autograd.grad(adder(x).sum(), x)[0]
    forgotten = torch.autograd.grad(keeper(x).sum(), x)[0][:, :-1]
    return {
        "gradient_error": (added - 1).abs().max().item(),
        "share_error": max(abs(share - 1 / n) for shares in by_kind for share, n in zip(shares, counts, strict=True)),
        "explained": by_kind[0][SLIDE - 1],
        "explained_forgetting": by_count[SLIDE - 1],
        "gradient_forgotten": forgotten.abs().max().item(),
        "explained_open": explained(keeper(normal[:, :SLIDE], closes=False), normal[:, SLIDE - 1]),
        "count": [float(n) for n in counts],
        "summed": by_kind[0],
        "forgetting": by_count,
    }


def explained(state: Tensor, expected: Tensor) -> float:
    """Return the share of the variance of `expected` that a linear function of the state explains."""
    return torch.corrcoef(torch.cat([state, expected], 1).T)[0, 1].square().item()


def adder(x: Tensor) -> Tensor:
    """Return the last state of a recurrent network that adds up `[B, T, 1]`."""
    network = RecurrentNetwork(in_features=1, units=1, activation="identity").double()
    with torch.no_grad():
        for weight in (network.input.weight, network.recurrent.weight):
            weight.fill_(1.0)
        network.input.bias.zero_()
    return network(x).h


def keeper(x: Tensor, *, closes: bool = True) -> Tensor:
    """Return the last cell of an LSTM whose forget gate closes, or stays open, at the last input of `[B, T, 1]`.

    A second feature marks the last input. The inputs are small, so that the hyperbolic tangent of the cell is linear.
    """
    network = LSTM(in_features=2, units=1, peepholes=False).double()
    last = torch.zeros_like(x)
    last[:, -1] = 1.0
    with torch.no_grad():
        network.recurrent.weight.zero_()
        network.input.weight.copy_(torch.tensor([[0.0, 0], [0, -2 * OPEN * closes], [1, 0], [0, 0]]))
        network.input.bias.copy_(torch.tensor([OPEN, OPEN, 0.0, OPEN]))  # in the order i, f, g, o
    return network(torch.cat([SMALL * x, last], 2)).c
