"""Experiment: gradients in the backward pass through a recurrence whose weights shrink every vector.

Source: the lecture, S21; Pascanu, Mikolov & Bengio 2013 (pascanu2013difficulty); Hochreiter 1991
(hochreiter1991untersuchungen), Bengio et al. 1994 (bengio1994learning).

Method: the library's recurrent network, 32 units and 100 steps of normal inputs. Random weights are rescaled so that
their largest singular value times the largest slope gamma of the activation is 0.8: gamma is 1 for the hyperbolic
tangent and 1/4 for the logistic sigmoid. The whole Jacobian dh_T/dh_(T-k) is computed for every lag k.

Measures:
    excess: largest ratio of the norm of a Jacobian to the bound 0.8^k, over all lags and both activations.
    log10_gain: log10 of the norm over all 100 steps, the larger one of both activations.
    log10_gain_orthogonal: the same for linear units and orthogonal weights.
    log10_gain_stretching: the same for linear units and weights of spectral radius 0.8, which stretch some vectors.
    stretch: the largest singular value of these.
    lag: 0, 2, .., 100; bound, tanh, sigmoid, orthogonal, stretching: log10 of the norms by lag.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.backwards import jacobians
from implementations.concepts.initialisation.orthogonal_initialisation import orthogonal_initialisation
from implementations.concepts.initialisation.reservoir_scaling import reservoir_

STEPS, UNITS, FEATURES, SHRINKING = 100, 32, 4, 0.8


def run(seed: int) -> dict[str, float | list[float]]:
    """Measure the norm of dh_T/dh_(T-k) for all lags k.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    x = torch.randn(STEPS, FEATURES, dtype=torch.float64)
    weight = torch.randn(UNITS, UNITS, dtype=torch.float64)
    weight *= SHRINKING / torch.linalg.matrix_norm(weight, ord=2)
    orthogonal = orthogonal_initialisation(torch.empty_like(weight))
    stretching = reservoir_(torch.empty_like(weight), spectral_radius=SHRINKING, density=1.0)
    lines = {
        "tanh": log10_norms(x, torch.tanh, weight),
        "sigmoid": log10_norms(x, torch.sigmoid, 4 * weight),
        "orthogonal": log10_norms(x, torch.clone, orthogonal),
        "stretching": log10_norms(x, torch.clone, stretching),
        "bound": torch.arange(STEPS + 1, dtype=torch.float64) * torch.tensor(SHRINKING, dtype=torch.float64).log10(),
    }
    return {
        "excess": max((10 ** (lines[name] - lines["bound"])).max().item() for name in ("tanh", "sigmoid")),
        "log10_gain": max(lines[name][-1].item() for name in ("tanh", "sigmoid")),
        "log10_gain_orthogonal": lines["orthogonal"][-1].item(),
        "log10_gain_stretching": lines["stretching"][-1].item(),
        "stretch": torch.linalg.matrix_norm(stretching, ord=2).item(),
        "lag": [float(lag) for lag in range(0, STEPS + 1, 2)],
        **{name: line[::2].tolist() for name, line in lines.items()},
    }


def log10_norms(x: Tensor, activation: Callable[[Tensor], Tensor], weight: Tensor) -> Tensor:
    """Return log10 of the spectral norm of dh_T/dh_(T-k), for k = 0..T."""
    network = RecurrentNetwork(in_features=FEATURES, units=UNITS).double()
    network.activation = activation
    with torch.no_grad():
        network.recurrent.weight.copy_(weight)
    across = jacobians(lambda value, h: network(value[:, None], h).h, x, x.new_zeros(UNITS))
    return torch.linalg.matrix_norm(across, ord=2).log10()
