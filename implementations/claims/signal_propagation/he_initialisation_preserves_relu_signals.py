"""Experiment: how does initialisation change the scale of a signal after 50 layers of rectified linear units?

Source: the lecture, S9; He et al. 2015 (he2015delving), Glorot & Bengio 2010 (glorot2010understanding).

Method: 50 square layers of 512 units without biases, fed with 64 standard normal inputs. Weights are drawn by the
library's initialisers: He has variance 2/n; Glorot has variance 2/(n + n) = 1/n for square layers. The signal of a
layer is its mean squared activation over units and inputs. Backwards, a normal gradient is sent from the last layer to
the input.

Measures:
    he_ratio, glorot_ratio: signal after 50 ReLU layers / signal of the input.
    he_gradient_ratio, glorot_gradient_ratio: squared norm of the gradient at the input / at the output of the ReLU
        network.
    glorot_linear_ratio, he_linear_ratio: the same forward ratio in the network without ReLU.
    layer: 0..50; he, glorot, glorot_linear, he_linear: log10 of signal / input signal, by layer.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.claims.propagating import propagate
from implementations.concepts.initialisation.glorot_initialisation import glorot_initialisation
from implementations.concepts.initialisation.he_initialisation import he_initialisation

DEPTH, WIDTH, INPUTS = 50, 512, 64


def run(seed: int) -> dict[str, float | list[float]]:
    """Propagate a signal and a gradient through deep networks initialised by He's and by Glorot's rule.

    Args:
        seed: Seed of weights, inputs and gradients.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(INPUTS, WIDTH, generator=generator, dtype=torch.float64)
    gradient = torch.randn(INPUTS, WIDTH, generator=generator, dtype=torch.float64)
    he, he_back = propagate(_weights(he_initialisation, generator), x, gradient, torch.relu)
    glorot, glorot_back = propagate(_weights(glorot_initialisation, generator), x, gradient, torch.relu)
    he_linear, _ = propagate(_weights(he_initialisation, generator), x, gradient, torch.clone)
    glorot_linear, _ = propagate(_weights(glorot_initialisation, generator), x, gradient, torch.clone)
    return {
        "he_ratio": he[-1],
        "glorot_ratio": glorot[-1],
        "he_gradient_ratio": he_back,
        "glorot_gradient_ratio": glorot_back,
        "he_linear_ratio": he_linear[-1],
        "glorot_linear_ratio": glorot_linear[-1],
        "layer": [float(layer) for layer in range(DEPTH + 1)],
        "he": _log10(he),
        "glorot": _log10(glorot),
        "he_linear": _log10(he_linear),
        "glorot_linear": _log10(glorot_linear),
    }


def _weights(initialise: Callable[..., Tensor], generator: torch.Generator) -> list[Tensor]:
    return [initialise(torch.empty(WIDTH, WIDTH, dtype=torch.float64), generator=generator) for _ in range(DEPTH)]


def _log10(ratios: list[float]) -> list[float]:
    return torch.tensor(ratios, dtype=torch.float64).log10().tolist()
