"""Exact checks of implicit sampling: for one example, mean and spread of every step are known in closed form."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.sampling_method.denoising_diffusion_implicit_model import implicit_sample, implicit_step

STEPS, VISITED = 12, [2, 3, 7, 12]


def noise_stays_that_of_the_chain(generator: torch.Generator) -> float:
    """Return how far mean and variance are from those of the chain, where the network knows the only example.

    A step is then an affine function of the point, so that two points show what it does to a mean and to a spread.
    """
    example, kept = _example(generator), _kept(generator)
    worst = 0.0
    for eta in (0.0, 0.4, 1.0):
        for step, after in zip(VISITED[:0:-1], VISITED[-2::-1], strict=True):
            now, then = kept[step - 1], kept[after - 1]
            at_mean, at_mean_and_one = (
                implicit_step(x, _noise(x, example, now), now, then, eta=eta)
                for x in (now.sqrt() * example, now.sqrt() * example + 1)
            )
            slope = at_mean_and_one.mean - at_mean.mean
            variance = slope.square() * (1 - now) + at_mean.deviation.square()
            worst = max(
                worst,
                difference(at_mean.mean, then.sqrt() * example),
                difference(variance, (1 - then).expand_as(variance)),
            )
    return worst


def one_example_is_found_at_once(generator: torch.Generator) -> float:
    """Return the difference of what is drawn in one step from the only example."""
    example, kept = _example(generator), _kept(generator)
    x = torch.randn(example.shape, generator=generator, dtype=torch.float64)
    found = implicit_sample(lambda x, step: _noise(x, example, kept[step - 1]), x, kept, visited=[STEPS], eta=1.0)
    return difference(found, example)


def _example(generator: torch.Generator) -> Tensor:
    return torch.randn(5, generator=generator, dtype=torch.float64)


def _kept(generator: torch.Generator) -> Tensor:
    """What is kept of the variance, for random shares of noise in every step."""
    return (1 - 0.4 * torch.rand(STEPS, generator=generator, dtype=torch.float64)).cumprod(0)


def _noise(x: Tensor, example: Tensor, kept: Tensor) -> Tensor:
    """The noise in points, if there is only one example."""
    return (x - kept.sqrt() * example) / (1 - kept).sqrt()
