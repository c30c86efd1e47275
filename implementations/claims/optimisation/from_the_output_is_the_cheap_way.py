"""Experiment: what does the gradient of one number cost, in reverse mode and in forward mode?

Source: the lecture, S6; Baydin et al. 2018 (baydin2018automatic), Rumelhart, Hinton & Williams 1986
(rumelhart1986learning).

Method: a perceptron with N inputs, two hidden layers of N units and one output. The gradient of its output with respect
to its inputs is computed in reverse mode, by one sweep from the output; and in forward mode, by one sweep for each
input. Operations are counted by torch's own counter. Then the same for a perceptron with one input and N outputs.

Measures:
    reverse: operations of reverse mode, the forward pass included, divided by those of the forward pass; largest over
        N.
    lead: operations of forward mode, divided by those of reverse mode and by N; the smallest over N.
    difference: largest relative difference of the two gradients.
    lead_one_input: operations of forward mode, divided by those of reverse mode, for one input and 64 outputs.
    width: N = 8, 16, .., 256; forward_mode, reverse_mode: operations divided by those of the forward pass.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.agreement import difference

WIDTHS, OUTPUTS = [8, 16, 32, 64, 128, 256], 64


def run(seed: int) -> dict[str, float | list[float]]:
    """Count the operations of both modes for every width.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    forward, reverse, errors = [], [], []
    for width in WIDTHS:
        network = MLP(in_features=width, hidden=[width, width], out_features=1).double()
        x = torch.randn(1, width, dtype=torch.float64)
        results = [counted(method, network, x) for method in (passed, in_forward_mode, in_reverse_mode)]
        (_, once), (found, on), (expected, back) = results
        forward.append(on / once)
        reverse.append(back / once)
        errors.append(difference(found, expected))
    wide = MLP(in_features=1, hidden=[OUTPUTS, OUTPUTS], out_features=OUTPUTS).double()
    one = torch.randn(1, 1, dtype=torch.float64)
    return {
        "reverse": max(reverse),
        "lead": min(on / back / width for on, back, width in zip(forward, reverse, WIDTHS, strict=True)),
        "difference": max(errors),
        "lead_one_input": counted(in_forward_mode, wide, one)[1] / counted(in_reverse_mode, wide, one)[1],
        "width": [float(width) for width in WIDTHS],
        "forward_mode": forward,
        "reverse_mode": reverse,
    }


def counted(method: Callable[[MLP, Tensor], Tensor], network: MLP, x: Tensor) -> tuple[Tensor, int]:
    """Return the result of a function, and its number of operations."""
    with FlopCounterMode(display=False) as counter:
        result = method(network, x)
    return result, counter.get_total_flops()


def passed(network: MLP, x: Tensor) -> Tensor:
    """Return the outputs."""
    with torch.no_grad():
        return network(x)


def in_reverse_mode(network: MLP, x: Tensor) -> Tensor:
    """Return the Jacobian `[G, F]`, by a backward sweep for each output."""
    x, rows = x.clone().requires_grad_(), []
    for output in network.requires_grad_(False)(x)[0]:
        x.grad = None
        output.backward(retain_graph=True)
        rows.append(x.grad[0])
    return torch.stack(rows)


def in_forward_mode(network: MLP, x: Tensor) -> Tensor:
    """Return the Jacobian `[G, F]`, by a forward sweep for each input."""
    directions = torch.eye(x.shape[1], dtype=x.dtype)
    columns = [torch.func.jvp(network, (x,), (direction[None],))[1][0] for direction in directions]
    return torch.stack(columns, 1)
