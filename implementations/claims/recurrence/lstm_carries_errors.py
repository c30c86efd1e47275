"""Experiment: the size of an error after backpropagation through the cells of an LSTM.

Source: the lecture, S22; Hochreiter & Schmidhuber 1997, sec. 3 and 4 (hochreiter1997lstm), Graves 2013
(graves2013generating).

Method: the library's LSTM. Without recurrent weights and peepholes the cell is the only path of the gradient: the
gradient of the last cell with respect to the first is compared with the product of all forget gates, computed from
their inputs. Then all paths are open, and an LSTM without a forget gate, as in 1997, and a tanh network learn to
predict which of four symbols was the input a hundred steps ago.

Measures:
    product_error: difference of the gradient from the product of forget gates, relative to the largest.
    constant_error: difference of the gradient from one, without a forget gate.
    other_ways: relative difference of the gradient from the product where states feed back and peepholes see the cell.
    log10_gain_half_open: log10 of the gradient over a hundred steps, with the forget gates at the start.
    recalled, recalled_tanh: share of right answers, of the LSTM and of the tanh network.
    lag: 0, 1, .., 100; open, half_open, tanh: log10 of the mean length of the gradient of one component of the last
        cell, or state, by lag, before training: LSTM without and with a forget gate, tanh network.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.recurrent.lstm import LSTM
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.agreement import difference
from implementations.claims.recalling import FEATURES, OUTPUTS, recall

UNITS, LENGTH, WAIT, STEPS, RATE = 32, 20, 100, 600, 1e-3
INPUT_SCALE = 0.1  # input weights of the networks that recall are this much smaller: blanks at every step fill a cell


def run(seed: int) -> dict[str, float | list[float]]:
    """Compare gradients with products of forget gates, and learn to recall.

    Args:
        seed: Seed of weights and sequences.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    x = torch.randn(1, LENGTH, FEATURES, dtype=torch.float64)
    alone, constant, whole = (lstm(forget_gate=forget, peepholes=False) for forget in (True, False, True))
    for network in (alone, constant):
        nn.init.zeros_(network.recurrent.weight)
    seeing = lstm(forget_gate=True, peepholes=True)
    product = forgotten(alone, x)
    networks = {
        "open": with_small_inputs(lstm(forget_gate=False, peepholes=False)),
        "half_open": with_small_inputs(whole),
    }
    networks["tanh"] = with_small_inputs(
        RecurrentNetwork(in_features=FEATURES, units=UNITS, out_features=OUTPUTS).double()
    )
    lines = {name: log10_lengths(network) for name, network in networks.items()}
    answers = {
        name: recall(networks[name].float(), wait=WAIT, steps=STEPS, rate=RATE, seed=seed) for name in ("open", "tanh")
    }
    return {
        "product_error": difference(gradient(alone, x), product),
        "constant_error": difference(gradient(constant, x), torch.ones_like(product)),
        "other_ways": difference(gradient(seeing, x), forgotten(seeing, x)),
        "log10_gain_half_open": lines["half_open"][-1],
        "recalled": answers["open"],
        "recalled_tanh": answers["tanh"],
        "lag": [float(lag) for lag in range(WAIT + 1)],
        **lines,
    }


def lstm(*, forget_gate: bool, peepholes: bool) -> LSTM:
    """Return an LSTM with its usual weights."""
    sizes = {"in_features": FEATURES, "units": UNITS, "out_features": OUTPUTS}
    return LSTM(**sizes, forget_gate=forget_gate, peepholes=peepholes).double()


def with_small_inputs(network: nn.Module) -> nn.Module:
    """Make the input weights small."""
    with torch.no_grad():
        network.input.weight.mul_(INPUT_SCALE)
        network.input.bias.mul_(INPUT_SCALE)
    return network


def forgotten(network: LSTM, x: Tensor) -> Tensor:
    """Return the product of all forget gates, which depend on the input only."""
    return torch.sigmoid(network.input(x)[0, :, UNITS : 2 * UNITS]).prod(0)


def gradient(network: LSTM, x: Tensor) -> Tensor:
    """Return the gradient of the sum of the last cell with respect to the first."""
    c = torch.zeros(1, UNITS, dtype=torch.float64, requires_grad=True)
    return torch.autograd.grad(network(x, torch.zeros_like(c), c).c.sum(), c)[0][0]


def log10_lengths(network: nn.Module) -> list[float]:
    """Return log10 of the mean length of the gradient of one component of the last memory, at every memory before."""
    memory = [torch.zeros(UNITS, UNITS, dtype=torch.float64, requires_grad=True)]
    first = memory * 2 if isinstance(network, LSTM) else memory
    states, blank = [tuple(first)], torch.zeros(UNITS, 1, FEATURES, dtype=torch.float64)
    for _ in range(WAIT):
        states.append(tuple(network(blank, *states[-1]))[1:])
    cells = [state[-1] for state in states]  # the cell of an LSTM, the state of the other
    slopes = torch.autograd.grad(cells[-1], cells, torch.eye(UNITS, dtype=torch.float64))
    return torch.stack(slopes[::-1]).norm(dim=2).mean(1).log10().tolist()
