"""Experiment: the error of a denoising autoencoder against the error of a score, both as integrals over noise.

Source: Vincent 2011 (vincent2011connection).

Method: examples are five numbers, so that the mean over normal noise is a sum over a grid, and the density of noisy
examples is a sum of five normal densities, with a score in closed form. The score of the network is (y - v) / sigma^2.
Scores are compared at random weights of a tied network with affine outputs.

Measures:
    objective_error: the score's mean squared error, up to a constant, against the denoising error over sigma^4, as
        differences between two random networks.
    gradient_error: difference of the gradients of both by all weights.
    clean_difference: the same for gradients, where the score is compared at the examples without noise.
    factors, differences: the deviation of the density, as a multiple of that of the noise, and the difference of the
        gradients, for the figure.
    other_noise_difference: the difference where the density has twice the deviation of the noise.
"""

import torch
from torch import Tensor

from implementations.architectures.unsupervised.denoising_autoencoder import DenoisingAutoencoder
from implementations.claims.agreement import difference

FACTORS = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0]
EXAMPLES, SIGMA, WIDE, POINTS = 5, 0.6, 12.0, 2001
"""For functions as smooth as these, sums over so fine a grid are integrals to rounding error."""


def run(seed: int) -> dict[str, float | list[float]]:
    """Compare both objectives and their gradients.

    Args:
        seed: Seed of weights and examples.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(EXAMPLES, 1, generator=generator, dtype=torch.float64)
    first, second = _network(generator), _network(generator)
    denoising = [denoising_error(net, x) / SIGMA**4 for net in (first, second)]
    matching = [score_error(net, x, SIGMA) for net in (first, second)]
    expected = _gradient(first, denoising[0])
    differences = [difference(_gradient(first, score_error(first, x, factor * SIGMA)), expected) for factor in FACTORS]
    return {
        "objective_error": difference(matching[0] - matching[1], denoising[0] - denoising[1]),
        "gradient_error": difference(_gradient(first, matching[0]), expected),
        "clean_difference": difference(_gradient(first, score_error(first, x, SIGMA, at=x)), expected),
        "factors": FACTORS,
        "differences": differences,
        "other_noise_difference": differences[-1],
    }


def denoising_error(net: DenoisingAutoencoder, x: Tensor) -> Tensor:
    """Return the mean of |x - y|^2 over examples and all noise."""
    noise, weights = _grid(torch.zeros(1, dtype=torch.float64), 1.0)
    clean, drawn = x.repeat_interleave(len(noise), 0), noise.repeat(len(x), 1)
    errors = net.autoencoder.error(clean, net(clean, drawn).y).view(len(x), -1)
    return (errors @ weights).mean()


def score_error(net: DenoisingAutoencoder, x: Tensor, deviation: float, at: Tensor | None = None) -> Tensor:
    """Return the mean squared difference of (y - v) / sigma^2 from the score of noisy examples.

    Args:
        net: The network.
        x: Examples.
        deviation: That of the normal densities around the examples.
        at: Where scores are compared; all noisy examples, where it is not given.
    """
    if at is None:
        grids = [_grid(center, deviation) for center in x]
        v, weights = (torch.cat(parts) for parts in zip(*grids, strict=True))
    else:
        v, weights = at, torch.ones(len(at), dtype=at.dtype)
    shares = torch.softmax(-(v - x.T).square() / (2 * deviation**2), 1)
    score = (shares * (x.T - v)).sum(1) / deviation**2
    found = (net.autoencoder(v) - v)[:, 0] / SIGMA**2
    return weights @ (found - score).square() / len(x)


def _network(generator: torch.Generator) -> DenoisingAutoencoder:
    net = DenoisingAutoencoder(in_features=1, units=6, masked=0.0, deviation=SIGMA, output_activation="identity")
    with torch.no_grad():
        for parameter in net.double().parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return net


def _grid(center: Tensor, deviation: float) -> tuple[Tensor, Tensor]:
    """Return points `[points, 1]` around a center, and their shares in normal numbers with this deviation."""
    steps = torch.linspace(-WIDE, WIDE, POINTS, dtype=torch.float64)
    weights = torch.softmax(-steps.square() / 2, 0)
    return center + deviation * steps[:, None], weights


def _gradient(net: DenoisingAutoencoder, value: Tensor) -> Tensor:
    return torch.cat([g.flatten() for g in torch.autograd.grad(value, list(net.parameters()), retain_graph=True)])
