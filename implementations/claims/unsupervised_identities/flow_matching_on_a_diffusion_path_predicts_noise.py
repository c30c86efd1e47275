"""Exact relation: flow matching on the path of a diffusion is a denoising diffusion model, in other variables.

Source: Lipman et al. 2023, sec. 4.1 and app. D (lipman2022flow).

Method: a denoising diffusion model with random weights makes random images noisy. For each of its steps there is a time
at which the path of flow matching has the same shares of image and noise. The velocity is beta / 2 (y - noise / s),
with the noise that the network predicts in y, the rate beta of the diffusion and the deviation s of the noise. The
errors of both are compared, and the best predictions for images that are one of five.

Measures:
    point_error: difference of the noisy images from points on the path.
    loss_error: difference of the squared error of the velocity from that of the noise, times (beta / 2 s)^2.
    gradient_error: the same for the gradients by all weights of the network.
    field_error: difference of the velocity that belongs to the best prediction of the noise from the mean of velocities
        towards the five images, given the point.
    score_error: difference of that velocity from beta / 2 times the sum of the point and the score.
    unweighted_difference: difference of the two errors' gradients without the factor.
    straight_difference: difference of noisy images from points on a straight line with the same share of the image.
    noise_difference: difference of the velocity from minus the noise.
"""

import torch
from torch import Tensor

from implementations.architectures.generative.denoising_diffusion_model import DenoisingDiffusionModel
from implementations.claims.agreement import difference
from implementations.concepts.loss.conditional_flow_matching_loss import ConditionalFlowMatchingLoss

BATCH, EXAMPLES = 16, 5


def run(seed: int) -> dict[str, float]:
    """Compare points, errors, gradients and the best predictions.

    Args:
        seed: Seed of weights, images, steps and noise.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = DenoisingDiffusionModel().double()
    path = ConditionalFlowMatchingLoss(path="variance-preserving")
    inputs = model.example_inputs(generator, B=BATCH)
    x, noise = inputs["x"].double(), inputs["noise"].double()
    noisy, predicted = model(x, inputs["t"], noise)
    x, noise, noisy, predicted = (value.flatten(1) for value in (x, noise, noisy, predicted))
    t = time_of(model.alpha_bar[inputs["t"] - 1], path)
    factor = rate(t, path) / (2 * path.scales(t).deviation)
    of_velocity = path(velocity(noisy, predicted, t, path), x, noise, t)
    of_noise = (predicted - noise).square().sum(1)
    one, weighted, plain = (
        _gradient(model, value) for value in (of_velocity, factor[:, 0].square() * of_noise, of_noise)
    )
    return {
        "point_error": difference(noisy, path.point(x, noise, t)),
        "loss_error": difference(of_velocity, factor[:, 0].square() * of_noise),
        "gradient_error": difference(one, weighted),
        "unweighted_difference": difference(one / one.norm(), plain / plain.norm()),
        "straight_difference": difference(straight(x, noise, path.scales(t).mean[:, 0]), noisy),
        **best(x[:EXAMPLES], noisy, t, path),
    }


def time_of(alpha_bar: Tensor, path: ConditionalFlowMatchingLoss) -> Tensor:
    """Return when the path has kept so large a share of the image's variance: the root of a quadratic."""
    first, last = path.beta
    total, growth = -alpha_bar.log(), last - first
    return 1 - ((first**2 + 2 * growth * total).sqrt() - first) / growth


def rate(t: Tensor, path: ConditionalFlowMatchingLoss) -> Tensor:
    """Return the rate at which the diffusion replaces the variance; its time runs backwards."""
    first, last = path.beta
    return (first + (last - first) * (1 - t))[:, None]


def velocity(y: Tensor, noise: Tensor, t: Tensor, path: ConditionalFlowMatchingLoss) -> Tensor:
    """Return the velocity of points in which there is this noise."""
    return rate(t, path) / 2 * (y - noise / path.scales(t).deviation)


def straight(x: Tensor, noise: Tensor, share: Tensor) -> Tensor:
    """Return the points on a straight line with this share of the image."""
    return ConditionalFlowMatchingLoss(sigma=0.0).point(x, noise, share)


def best(images: Tensor, y: Tensor, t: Tensor, path: ConditionalFlowMatchingLoss) -> dict[str, float]:
    """Return the measures of the best predictions, where an image is one of a few, all as likely."""
    mean, deviation, mean_rate, deviation_rate = (scale[:, None] for scale in path.scales(t))
    y = y.detach().requires_grad_()
    noise = (y[:, None] - mean * images) / deviation  # [B, EXAMPLES, F]
    log_density = (-noise.square().sum(2) / 2).logsumexp(1)
    (score,) = torch.autograd.grad(log_density.sum(), y)
    shares = torch.softmax(-noise.square().sum(2) / 2, 1)[..., None].detach()
    towards = mean_rate * images + deviation_rate * noise
    found = velocity(y, (shares * noise).sum(1), t, path)
    return {
        "field_error": difference(found, (shares * towards).sum(1)),
        "score_error": difference(found, rate(t, path) / 2 * (y + score)),
        "noise_difference": difference(-(shares * noise).sum(1), found),
    }


def _gradient(model: DenoisingDiffusionModel, values: Tensor) -> Tensor:
    gradients = torch.autograd.grad(values.mean(), list(model.denoiser.parameters()), retain_graph=True)
    return torch.cat([gradient.flatten() for gradient in gradients])
