"""Experiment: the growth of a small disturbance in a large recurrent network, by the size of its weights.

Source: the lecture, S21; Jaeger 2001 (jaeger2001echo), Pascanu, Mikolov & Bengio 2013 (pascanu2013difficulty).

Method: the library's recurrent network with 400 tanh units and normal weights of variance g^2 / 400, whose spectral
radius is about g. After 200 steps a disturbance is followed for 600 more by the derivative of the transition; the mean
logarithm of its growth per step is the largest Lyapunov exponent. The network runs on its own, or is driven by sixteen
normal inputs, each of which is an input of all units.

Measures:
    damped, critical, stirred: the exponent for g = 0.5, 1 and 1.5, on its own.
    driven: the exponent for g = 1.5 with inputs of standard deviation two.
    radius_error: largest difference between the spectral radius of the weights and g.
    gain: g from 0.5 to 2; alone, mild, strong: exponents without inputs, and with standard deviations 0.5 and 2.
"""

import torch
from torch import Tensor

from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork

UNITS, FEATURES, WARM_UP, STEPS = 400, 16, 200, 600
GAINS = [0.5, 0.75, 1.0, 1.25, 1.5, 2.0]


@torch.no_grad()
def run(seed: int) -> dict[str, float | list[float]]:
    """Follow a disturbance for every size of the weights, with and without inputs.

    Args:
        seed: Seed of weights, states and inputs.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    weight = torch.randn(UNITS, UNITS, dtype=torch.float64) / UNITS**0.5
    exponents = {size: [exponent(gain * weight, size) for gain in GAINS] for size in (0.0, 0.5, 2.0)}
    alone = dict(zip(GAINS, exponents[0.0], strict=True))
    radius = torch.linalg.eigvals(weight).abs().max().item()
    return {
        "damped": alone[0.5],
        "critical": alone[1.0],
        "stirred": alone[1.5],
        "driven": exponents[2.0][GAINS.index(1.5)],
        "radius_error": max(abs(gain * radius - gain) for gain in GAINS),
        "gain": GAINS,
        "alone": exponents[0.0],
        "mild": exponents[0.5],
        "strong": exponents[2.0],
    }


def exponent(weight: Tensor, size: float) -> float:
    """Return the mean logarithm by which a disturbance grows at each step.

    Args:
        weight: The recurrent weights `[U, U]`.
        size: Standard deviation of the weighted inputs to every unit.
    """
    network = RecurrentNetwork(in_features=FEATURES, units=UNITS).double()
    network.recurrent.weight.copy_(weight)
    network.input.weight.normal_(std=size / FEATURES**0.5)
    network.input.bias.zero_()
    h, disturbance = torch.randn(1, UNITS, dtype=torch.float64), torch.randn(1, UNITS, dtype=torch.float64)
    growth = 0.0
    for step in range(WARM_UP + STEPS):
        x = torch.randn(1, 1, FEATURES, dtype=torch.float64)
        h, moved = torch.func.jvp(lambda state, x=x: network(x, state).h, (h,), (disturbance,))
        norm = moved.norm()
        disturbance = moved / norm
        growth += norm.log().item() if step >= WARM_UP else 0.0
    return growth / STEPS
