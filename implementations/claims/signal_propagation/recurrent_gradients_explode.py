"""Experiment: how fast do gradients grow or shrink in the backward pass through a recurrent network?

Source: the lecture, S20; Pascanu et al. 2013 (pascanu2013difficulty), Bengio et al. 1994 (bengio1994learning).

Method: the library's recurrent network with the identity in place of its activation, h_t = U h_(t-1) + W x_t, with 32
units and driven for T = 200 steps by normal inputs; the weights U are normal, drawn independently for each spectral
radius 0.8, 1 and 1.2, and rescaled to it. One backward pass from every component of h_T gives the whole Jacobian
dh_T/dh_(T-k) for every lag k, as back-propagation through time computes it. A random U is not a normal matrix: its
powers first grow by an additional factor, and only then follow the largest eigenvalues. This factor shifts the log-norm
but not its final slope, so the slope is that of the least-squares line over the lags 100..200.

Measures:
    largest_slope_error: max over the three radii of |slope - log radius|, slope in log-norm per step.
    log10_gain_explode, log10_gain_vanish: log10 of the spectral norm of dh_T/dh_0 for radius 1.2 and 0.8.
    tanh_slope_error: |slope - log 1.2| with tanh around the same recurrence of radius 1.2.
    orthogonal_drift: max over lags of |log norm| when U is orthogonal.
    early_slope_error: |slope - log 0.8| over the first ten lags, radius 0.8: the effect of non-normality.
    lag: 0, 2, .., 200; shrinking, critical, growing, saturating: log10 norm by lag for radius 0.8, 1, 1.2, and 1.2
        with tanh.
"""

import math

import torch
from torch import Tensor

from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.backwards import jacobians

STEPS, UNITS, FEATURES = 200, 32, 4


def run(seed: int) -> dict[str, float | list[float]]:
    """Measure the norm of dh_T/dh_(T-k) for all lags k.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(STEPS, FEATURES, generator=generator, dtype=torch.float64)
    mixing = torch.randn(UNITS, FEATURES, generator=generator, dtype=torch.float64) / math.sqrt(FEATURES)
    weights = {radius: with_spectral_radius(radius, generator) for radius in (0.8, 1.0, 1.2)}
    norms = {radius: log_norms(weight, mixing, x, linear=True) for radius, weight in weights.items()}
    saturating = log_norms(weights[1.2], mixing, x, linear=False)
    orthogonal = log_norms(torch.linalg.qr(weights[1.0]).Q, mixing, x, linear=True)
    return {
        "largest_slope_error": max(abs(slope(line[100:]) - math.log(radius)) for radius, line in norms.items()),
        "log10_gain_explode": norms[1.2][-1].item() / math.log(10),
        "log10_gain_vanish": norms[0.8][-1].item() / math.log(10),
        "tanh_slope_error": abs(slope(saturating[100:]) - math.log(1.2)),
        "orthogonal_drift": orthogonal.abs().max().item(),
        "early_slope_error": abs(slope(norms[0.8][:11]) - math.log(0.8)),
        "lag": [float(lag) for lag in range(0, STEPS + 1, 2)],
        "shrinking": _log10(norms[0.8]),
        "critical": _log10(norms[1.0]),
        "growing": _log10(norms[1.2]),
        "saturating": _log10(saturating),
    }


def with_spectral_radius(radius: float, generator: torch.Generator) -> Tensor:
    """Return normal weights `[U, U]`, rescaled to a spectral radius."""
    weight = torch.randn(UNITS, UNITS, generator=generator, dtype=torch.float64)
    return weight * (radius / torch.linalg.eigvals(weight).abs().max())


def log_norms(recurrent: Tensor, mixing: Tensor, x: Tensor, *, linear: bool) -> Tensor:
    """Return log of the spectral norm of dh_T/dh_(T-k) for k = 0..T, by one backward pass through time.

    Args:
        recurrent: The recurrent weights `[U, U]`.
        mixing: The input weights `[U, F]`.
        x: The inputs `[T, F]`.
        linear: Whether the identity replaces the hyperbolic tangent.
    """
    network = RecurrentNetwork(in_features=FEATURES, units=UNITS).double()
    if linear:
        network.activation = torch.clone
    with torch.no_grad():
        network.recurrent.weight.copy_(recurrent)
        network.input.weight.copy_(mixing)
        network.input.bias.zero_()

    def step(value: Tensor, h: Tensor) -> Tensor:
        return network(value[:, None], h).h

    across = jacobians(step, x, torch.zeros(UNITS, dtype=torch.float64))
    return torch.linalg.matrix_norm(across, ord=2).log()


def slope(line: Tensor) -> float:
    """Return the slope of the least-squares line through equally spaced values."""
    steps = torch.arange(len(line), dtype=line.dtype)
    steps = steps - steps.mean()
    return (steps @ line / steps.square().sum()).item()


def _log10(norms: Tensor) -> list[float]:
    return (norms[::2] / math.log(10)).tolist()
