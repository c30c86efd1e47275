"""Experiment: how does initialisation change the sizes of signals and gradients in tanh and in linear networks?

Source: the lecture, S9; Glorot & Bengio 2010 (glorot2010understanding).

Method: square layers of 512 units without biases, fed with 64 standard normal inputs. Weights are uniform between
-1/sqrt(n) and 1/sqrt(n), as was common, which has variance 1/(3 n); or drawn by Glorot's rule, with variance 1/n. The
networks have ten layers of hyperbolic tangents, or fifty linear ones.

Measures:
    usual_tanh, glorot_tanh: mean squared activation after ten tanh layers, relative to that after the first.
    glorot_linear: the same after fifty linear layers.
    glorot_gradient: mean squared gradient at the input, relative to that at the output of the fifty linear layers.
    glorot_relu: as `glorot_linear`, for fifty layers of rectifiers.
    layer: 0, .., 10; usual, glorot: log10 of the signal in the tanh networks, relative to the input's.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from implementations.claims.propagating import propagate
from implementations.concepts.initialisation.glorot_initialisation import glorot_initialisation

SHALLOW, DEEP, WIDTH, INPUTS = 10, 50, 512, 64


def run(seed: int) -> dict[str, float | list[float]]:
    """Propagate signals and gradients through networks of both initialisations.

    Args:
        seed: Seed of weights, inputs and gradients.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    x, gradient = torch.randn(2, INPUTS, WIDTH, dtype=torch.float64)
    usual, _ = propagate(weights(usual_, SHALLOW), x, gradient, torch.tanh)
    glorot, _ = propagate(weights(glorot_initialisation, SHALLOW), x, gradient, torch.tanh)
    linear, arrived = propagate(weights(glorot_initialisation, DEEP), x, gradient, torch.clone)
    rectified, _ = propagate(weights(glorot_initialisation, DEEP), x, gradient, torch.relu)
    return {
        "usual_tanh": usual[-1] / usual[1],
        "glorot_tanh": glorot[-1] / glorot[1],
        "glorot_linear": linear[-1] / linear[1],
        "glorot_gradient": arrived,
        "glorot_relu": rectified[-1] / rectified[1],
        "layer": [float(layer) for layer in range(SHALLOW + 1)],
        "usual": [math.log10(signal) for signal in usual],
        "glorot": [math.log10(signal) for signal in glorot],
    }


def usual_(weight: Tensor) -> Tensor:
    """Fill a weight with uniform values between plus and minus one over the root of its number of inputs."""
    bound = weight.shape[1] ** -0.5
    return weight.uniform_(-bound, bound)


def weights(initialise: Callable[[Tensor], Tensor], depth: int) -> list[Tensor]:
    """Return the weights of square layers."""
    return [initialise(torch.empty(WIDTH, WIDTH, dtype=torch.float64)) for _ in range(depth)]
