"""Exact relation: implicit sampling with all of the new noise is the chain of a denoising diffusion model in reverse.

Source: Song, Meng & Ermon 2021, eq. 12 and 16 (song2020denoising).

Method: a denoising diffusion model with random weights finds noise in random images. From every step of its chain,
mean and variance of the step back are compared with those of implicit sampling. Then both draw images, from the same
starting points and with the same new noise.

Measures:
    mean_error: largest difference of the means, over all steps.
    variance_error: largest difference of the variances from those of the true steps back.
    sample_error: difference of the images that are drawn.
    noiseless_difference: difference of the means from those of steps without new noise.
    chain_variance_difference: difference of the variances from the shares of noise in the chain.
    skipping_difference: difference of the images from those that are drawn by every second step.
"""

import torch
from torch import Tensor

from implementations.architectures.generative.denoising_diffusion_model import DenoisingDiffusionModel
from implementations.claims.agreement import difference
from implementations.concepts.sampling_method.denoising_diffusion_implicit_model import implicit_sample, implicit_step

BATCH = 8


def run(seed: int) -> dict[str, float]:
    """Compare every step, and whole samples.

    Args:
        seed: Seed of weights, images and noise.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = DenoisingDiffusionModel().double()
    for parameter in model.parameters():  # the last layer begins at zero, and would find no noise at all
        torch.nn.init.normal_(parameter, std=0.3, generator=generator)
    x = torch.randn(BATCH, *model.image, generator=generator, dtype=torch.float64)
    t = torch.arange(1, model.steps + 1)  # one image a step
    predicted = model.denoiser(x, t).detach()
    kept = model.alpha_bar[:, None, None, None]
    after = torch.cat([torch.ones_like(kept[:1]), kept[:-1]])
    full = implicit_step(x, predicted, kept, after, eta=1.0)
    _, variance = model.posterior(x, x, t)
    every, second = (drawn(model, seed, list(range(step, model.steps + 1, step))) for step in (1, 2))
    return {
        "mean_error": difference(full.mean, model.mean(x, predicted, t)),
        "variance_error": difference(full.deviation.square(), variance),
        "sample_error": difference(every, by_the_chain(model, seed)),
        "noiseless_difference": difference(implicit_step(x, predicted, kept, after).mean, full.mean),
        "chain_variance_difference": difference(full.deviation.square().flatten(), model.beta),
        "skipping_difference": difference(second, every),
    }


def drawn(model: DenoisingDiffusionModel, seed: int, visited: list[int]) -> Tensor:
    """Return images that implicit sampling draws."""
    start, noise = _start(model, seed)

    def predict(x: Tensor, step: int) -> Tensor:
        return model.denoiser(x, torch.full((BATCH,), step))

    return implicit_sample(predict, start, model.alpha_bar, visited=visited, eta=1.0, generator=noise)


@torch.no_grad()
def by_the_chain(model: DenoisingDiffusionModel, seed: int) -> Tensor:
    """Return images that the chain draws in reverse, with the variance of the true steps back."""
    x, noise = _start(model, seed)
    for step in range(model.steps, 0, -1):
        t = torch.full((BATCH,), step)
        _, variance = model.posterior(x, x, t)
        new = torch.randn(x.shape, generator=noise, dtype=x.dtype)
        x = model.mean(x, model.denoiser(x, t), t) + variance.sqrt() * new
    return x


def _start(model: DenoisingDiffusionModel, seed: int) -> tuple[Tensor, torch.Generator]:
    """Where images are drawn from, and what draws new noise."""
    generator = torch.Generator().manual_seed(seed + 1)
    return torch.randn(BATCH, *model.image, generator=generator, dtype=torch.float64), generator
