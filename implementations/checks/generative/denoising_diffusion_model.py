"""Exact checks of the denoising diffusion model: its chain, its bound, and its samples with the optimal prediction."""

import torch
from torch import Tensor, nn
from torch.distributions import Normal, kl_divergence

from implementations.architectures.generative.denoising_diffusion_model import (
    DenoisingDiffusionModel,
    interval_log_probability,
)
from implementations.claims.agreement import difference

WIDE, POINTS = 9.0, 301  # for such smooth functions, sums over such a grid equal integrals up to rounding errors


class Smooth(nn.Module):
    """A smooth prediction of the noise in a single pixel, for which integrals are sums over a grid."""

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self.numbers = torch.rand(3, generator=generator, dtype=torch.float64)
        self.stem = nn.Linear(1, 1).double()

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """Return the prediction."""
        slope, shift, by_time = self.numbers
        return torch.tanh(slope * x + shift + by_time * t[:, None, None, None])


class OptimalForStandardNormal(nn.Module):
    """The optimal prediction of the noise where the data are standard normal numbers."""

    def __init__(self, model: DenoisingDiffusionModel) -> None:
        super().__init__()
        self.alpha_bar, self.stem = model.alpha_bar, model.denoiser.stem

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """Return the prediction, a multiple of the input."""
        return (1 - self.alpha_bar[t - 1]).sqrt()[:, None, None, None] * x


class OptimalForOneImage(OptimalForStandardNormal):
    """The optimal prediction of the noise where all data are one image."""

    def __init__(self, model: DenoisingDiffusionModel, image: Tensor) -> None:
        super().__init__(model)
        self.image = image

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        """Return the difference from the image, scaled to noise."""
        alpha_bar = self.alpha_bar[t - 1][:, None, None, None]
        return (x - alpha_bar.sqrt() * self.image) / (1 - alpha_bar).sqrt()


def noise_at_once_is_noise_step_by_step(generator: torch.Generator) -> float:
    """Return the difference of x_t's mean and deviation, for all t, from those after t single steps of the chain."""
    model, t = _model(), _every_step()
    one, none = torch.ones(len(t), 1, 1, 1, dtype=torch.float64), torch.zeros(len(t), 1, 1, 1, dtype=torch.float64)
    model.denoiser = Smooth(generator)
    mean, deviation = (model(x, t, noise).noisy.flatten() for x, noise in ((one, none), (none, one)))
    current, variance, expected = 1.0, 0.0, []
    for beta in model.beta.tolist():
        current, variance = (1 - beta) ** 0.5 * current, (1 - beta) * variance + beta
        expected.append((current, variance**0.5))
    return difference(torch.stack([mean, deviation], 1), torch.tensor(expected, dtype=torch.float64))


def posterior_is_that_of_bayes(generator: torch.Generator) -> float:
    """Return the difference of log q(x_(t-1) | x_t, x_0) from the quotient of Bayes, at random points for all t > 1."""
    model, t = _model(), _every_step()[1:]
    x, current, before = (torch.randn(len(t), 1, 1, 1, generator=generator, dtype=torch.float64) for _ in range(3))
    beta, alpha_bar, alpha_bar_before = (
        v[:, None, None, None] for v in (model.beta[t - 1], model.alpha_bar[t - 1], model.alpha_bar[t - 2])
    )
    step = Normal((1 - beta).sqrt() * before, beta.sqrt()).log_prob(current)
    earlier = Normal(alpha_bar_before.sqrt() * x, (1 - alpha_bar_before).sqrt()).log_prob(before)
    later = Normal(alpha_bar.sqrt() * x, (1 - alpha_bar).sqrt()).log_prob(current)
    mean, variance = model.posterior(x, current, t)
    return difference(Normal(mean, variance.sqrt()).log_prob(before), step + earlier - later)


def terms_are_divergences(generator: torch.Generator) -> float:
    """Return the difference of the bound's terms for t > 1 from those of `torch.distributions`, and of the simple loss.

    For the loss's noise, the squared error is the difference of the means divided by a factor that depends on t.
    """
    model, t = _model(), _every_step()[1:]
    x, noise = _images(generator, len(t)), torch.randn(len(t), *model.image, generator=generator, dtype=torch.float64)
    found = model.bound_term(x, t, noise)
    noisy, predicted_noise = model(x, t, noise)
    beta, alpha_bar = model.beta[t - 1], model.alpha_bar[t - 1]
    expected, variance = model.posterior(x, noisy, t)
    ours = Normal(model.mean(noisy, predicted_noise, t), beta.sqrt()[:, None, None, None])
    by_torch = kl_divergence(Normal(expected, variance.sqrt()), ours).flatten(1).sum(1)
    ratio = variance.flatten() / beta
    numbers = x[0].numel()
    squares = (noise - predicted_noise).square().flatten(1).sum(1)
    weighted = beta / (2 * (1 - beta) * (1 - alpha_bar)) * squares + numbers * (ratio - 1 - ratio.log()) / 2
    return max(difference(found, by_torch), difference(found, weighted))


def grey_values_have_all_the_probability(generator: torch.Generator) -> float:
    """Return the difference of the probabilities of grey values from those of torch, and of their sum from one."""
    levels = 17
    x = torch.linspace(-1, 1, levels, dtype=torch.float64).view(levels, 1, 1, 1)
    mean = torch.randn(1, 1, 3, 2, generator=generator, dtype=torch.float64)
    deviation = 0.1 + torch.rand(1, 1, 1, 1, generator=generator, dtype=torch.float64)
    found = interval_log_probability(x.expand(-1, 1, 3, 2), mean, deviation, levels).exp()
    ends = torch.linspace(-1, 1, levels, dtype=torch.float64)[:-1] + 1 / (levels - 1)
    below = Normal(mean, deviation).cdf(ends.view(-1, 1, 1, 1))
    expected = torch.cat([below[:1], below.diff(dim=0), 1 - below[-1:]])
    return max(difference(found, expected), difference(found.sum(0), torch.ones_like(found[0])))


def terms_add_up_to_the_bound(generator: torch.Generator) -> float:
    """Return the difference of the terms from the mean of log q(x_1, x_2 | x_0) - log p(x_0, x_1, x_2), for one pixel.

    The bound may not be below -log p(x_0), an integral over all x_1 and x_2; the violation counts as well.
    """
    model = DenoisingDiffusionModel(image=(1, 1, 1), steps=2, beta=(0.2, 0.7), multipliers=(1,)).double()
    model.denoiser = Smooth(generator)
    x = torch.tensor(0.25, dtype=torch.float64).view(1, 1, 1, 1)
    noise, step = _grid()
    density = Normal(0.0, 1.0).log_prob(noise).exp() * step
    terms = [
        model.bound_term(x.expand(len(noise), 1, 1, 1), torch.full((len(noise),), t), noise.view(-1, 1, 1, 1))
        for t in (1, 2)
    ]
    last = Normal(model.alpha_bar[1].sqrt() * x, (1 - model.alpha_bar[1]).sqrt())
    found = sum((density * term).sum() for term in terms) + kl_divergence(last, Normal(0.0, 1.0)).sum()
    first = model.alpha_bar[0].sqrt() * x.flatten() + (1 - model.alpha_bar[0]).sqrt() * noise
    second = (1 - model.beta[1]).sqrt() * first[:, None] + model.beta[1].sqrt() * noise  # [noise of x_1, noise of x_2]
    forward = Normal(0.0, 1.0).log_prob(noise) - (1 - model.alpha_bar[0]).sqrt().log()
    forward = forward[:, None] + Normal(0.0, 1.0).log_prob(noise) - model.beta[1].sqrt().log()
    ratio = forward - _joint(model, x, first[:, None].expand_as(second), second)
    expected = (density[:, None] * density * ratio).sum()
    one, two = torch.meshgrid(noise, noise, indexing="ij")
    exact = -(_joint(model, x, one, two).exp().sum() * step**2).log()
    return max(difference(found, expected), (exact - found).clamp_min(0).item())


def normal_numbers_are_drawn_as_such(generator: torch.Generator) -> float:
    """Return the error of the reverse steps where the data are standard normal, with the optimal prediction.

    The reverse steps are then the steps of the chain. The samples, means of the last step, have the variance 1 -
    beta_1, to within five standard errors of 20,000 draws.
    """
    model, t = _model(), _every_step()
    model.denoiser = OptimalForStandardNormal(model)
    noisy = torch.randn(len(t), *model.image, generator=generator, dtype=torch.float64)
    expected = (1 - model.beta).sqrt()[:, None, None, None] * noisy
    error = difference(model.mean(noisy, model.denoiser(noisy, t), t), expected)
    drawn = model.sample(20_000 // noisy[0].numel() + 1, generator).flatten()
    variance = 1 - model.beta[0].item()
    allowed = 5 * variance * (2 / len(drawn)) ** 0.5
    return max(error, abs(drawn.square().mean().item() - variance) - allowed, 0.0)


def one_image_is_drawn_exactly(generator: torch.Generator) -> float:
    """Return the difference of samples from the image, where all data are this image and the prediction is optimal."""
    model = _model()
    image = _images(generator, 1)
    model.denoiser = OptimalForOneImage(model, image)
    return difference(model.sample(3, generator), image.expand(3, -1, -1, -1))


def _model() -> DenoisingDiffusionModel:
    return DenoisingDiffusionModel().double()


def _every_step() -> Tensor:
    return torch.arange(1, _model().steps + 1)


def _images(generator: torch.Generator, count: int) -> Tensor:
    return _model().example_inputs(generator, B=count)["x"].double()


def _grid() -> tuple[Tensor, Tensor]:
    """Return evenly spaced noise, and its spacing."""
    noise = torch.linspace(-WIDE, WIDE, POINTS, dtype=torch.float64)
    return noise, noise[1] - noise[0]


def _joint(model: DenoisingDiffusionModel, x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Return log p(x_0, x_1, x_2) of a pixel for pairs of x_1 and x_2, from its normal densities."""
    means = []
    for t, noisy in ((1, first), (2, second)):
        pixels = noisy.reshape(-1, 1, 1, 1)
        steps = torch.full((len(pixels),), t)
        means.append(model.mean(pixels, model.denoiser(pixels, steps), steps).view_as(noisy))
    deviations = model.beta.sqrt()
    reconstruction = interval_log_probability(x.view(1, 1).expand_as(first), means[0], deviations[0], model.levels)
    return Normal(0.0, 1.0).log_prob(second) + Normal(means[1], deviations[1]).log_prob(first) + reconstruction
