"""Numbers of the explorable: the critical weights of the experiment's first seed, and its inputs."""

import math
from collections.abc import Iterator
from typing import Any

import torch

from implementations.claims.signal_propagation import recurrent_gradients_explode as experiment

STEPS = 100


def data() -> dict[str, Any]:
    """Return what the explorable loads: weights of spectral radius one, drawn as the experiment draws them."""
    generator = torch.Generator().manual_seed(0)
    features = experiment.FEATURES
    x = torch.randn(experiment.STEPS, features, generator=generator, dtype=torch.float64)
    mixing = torch.randn(experiment.UNITS, features, generator=generator, dtype=torch.float64) / math.sqrt(features)
    _, critical = (experiment.with_spectral_radius(radius, generator) for radius in (0.8, 1.0))
    eigenvalues = torch.view_as_real(torch.linalg.eigvals(critical))
    return {"weight": critical, "mixing": mixing, "inputs": x[:STEPS], "eigenvalues": eigenvalues}


def cases(stored: dict[str, Any]) -> Iterator[tuple[str, list[Any], Any]]:
    """Yield functions of the explorable, their arguments, and what the experiment finds for the same."""
    weight, mixing, x = (torch.tensor(stored[name], dtype=torch.float64) for name in ("weight", "mixing", "inputs"))
    for radius, strength, linear in [(1.0, 1.0, True), (0.7, 1.0, False), (1.3, 0.3, False), (1.2, 0.0, False)]:
        found = experiment.log_norms(radius * weight, strength * mixing, x, linear=linear)
        yield "log10Norms", [stored, radius, strength, linear], found / math.log(10)
