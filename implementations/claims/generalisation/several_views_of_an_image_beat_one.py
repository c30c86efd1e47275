"""Experiment: one random shift of each image in a batch, or several of fewer images.

Source: the lecture, S13; Fort et al. 2021 (fort2021drawing).

Method: images of digits are put on canvases of 10 by 10 pixels, and shifted at random by up to one pixel in both
directions. Perceptrons with one hidden layer of 64 units are trained on 192 of them by stochastic gradient descent, for
20 epochs, in batches of 32 that hold 1, 2 or 8 shifts of each of 32, 16 or 4 images; an epoch uses every image once, so
that it has more steps if a batch has fewer images. With 1 shift training is also repeated for as many steps as with 8.
Ten runs, each with its own images and first weights, and four learning rates for each, are made in parallel. For each
number of shifts the rate with the lowest mean error on 400 images for validation counts. The error is that on the 1205
others, which are not shifted.

Measures:
    lead: mean error with 1 shift, less that with 8, over ten runs, with as many epochs.
    lead_in_errors: this mean, in units of its standard error.
    lead_at_equal_steps: mean error with 1 shift and as many steps as with 8, less that with 8.
    right_longest: mean accuracy with 1 shift and as many steps as with 8.
    parts_error: relative difference of the variance of a gradient, over images and shifts, from the sum of its parts.
    share_of_shifts: part of this variance that comes from the shifts, at the first weights.
    errors: mean error with 1, 2 and 8 shifts, and with 1 shift and as many steps as with 8.
"""

import torch
from torch import Tensor
from torch.func import functional_call, grad, vmap
from torch.nn import functional as F

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.side_by_side import SideBySide
from implementations.concepts.task.digits import Digits

RUNS, EXAMPLES, VALIDATION, BATCH, EPOCHS, MOST = 10, 192, 400, 32, 20, 8
RATES = [0.05, 0.1, 0.2, 0.4]
CENTRE = 4  # of the nine shifts


def run(seed: int) -> dict[str, float | list[float]]:
    """Train with all numbers of shifts.

    Args:
        seed: Seed of images, weights, batches and shifts.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    data = Digits(generator=generator)
    order = torch.stack([torch.randperm(len(data.labels), generator=generator) for _ in range(RUNS)])
    shifted, labels = shifts(data.images)[:, order], data.labels[order]  # [9, runs, images, pixels], [runs, images]
    networks = [perceptron() for _ in range(RUNS)]
    one, two, most, longer = (
        errors(networks, shifted, labels, views, epochs, generator)
        for views, epochs in ((1, EPOCHS), (2, EPOCHS), (MOST, EPOCHS), (1, EPOCHS * MOST))
    )
    lead = one - most
    total, of_images, of_shifts = variances(networks[0], shifted[:, 0, :EXAMPLES], labels[0, :EXAMPLES])
    return {
        "lead": lead.mean().item(),
        "lead_in_errors": (lead.mean() / lead.std() * RUNS**0.5).item(),
        "lead_at_equal_steps": (longer - most).mean().item(),
        "right_longest": 1 - longer.mean().item(),
        "parts_error": abs((of_images + of_shifts) / total - 1),
        "share_of_shifts": of_shifts / total,
        "errors": [error.mean().item() for error in (one, two, most, longer)],
    }


def perceptron() -> MLP:
    """Return a network with random weights."""
    return MLP(in_features=100, hidden=[64], out_features=10)


def shifts(images: Tensor) -> Tensor:
    """Return the nine shifts of images on larger canvases, `[9, images, pixels]`."""
    padded = F.pad(images.view(-1, 8, 8), [1] * 4)
    return torch.stack([padded.roll((down, right), (1, 2)) for down in (-1, 0, 1) for right in (-1, 0, 1)]).flatten(2)


def errors(
    networks: list[MLP], shifted: Tensor, labels: Tensor, views: int, epochs: int, generator: torch.Generator
) -> Tensor:
    """Return the errors of all runs on new images, with the learning rate that is best on validation."""
    copies = len(RATES)
    many = SideBySide([network for _ in RATES for network in networks])
    rates, runs = torch.tensor(RATES).repeat_interleave(RUNS), torch.arange(RUNS)[:, None]
    for _ in range(epochs):
        order = torch.rand(RUNS, EXAMPLES, generator=generator).argsort(1)
        for images in order.split(BATCH // views, 1):
            chosen = images.repeat_interleave(views, 1)
            shift = torch.randint(0, len(shifted), chosen.shape, generator=generator)
            x, expected = shifted[shift, runs, chosen], labels[runs, chosen]
            many.step(x.repeat(copies, 1, 1), expected.repeat(copies, 1), rates)
    found = []
    for part in (slice(EXAMPLES, EXAMPLES + VALIDATION), slice(EXAMPLES + VALIDATION, None)):
        x, expected = shifted[CENTRE, :, part], labels[:, part]
        found.append(many.wrong(x.repeat(copies, 1, 1), expected.repeat(copies, 1)).view(copies, RUNS))
    validation, test = found
    return test[validation.mean(1).argmin()]


def variances(network: MLP, shifted: Tensor, labels: Tensor) -> tuple[float, float, float]:
    """Return the variance of an example's gradient, that of the mean over shifts, and the mean of that over shifts."""
    weights = {name: parameter.detach().double() for name, parameter in network.named_parameters()}

    def loss(weights: dict[str, Tensor], x: Tensor, label: Tensor) -> Tensor:
        return F.cross_entropy(functional_call(network, weights, (x[None],)), label[None])

    by_image = vmap(grad(loss), (None, 0, 0))
    slopes = [by_image(weights, x.double(), labels) for x in shifted]
    gradients = torch.stack([torch.cat([part.flatten(1) for part in slope.values()], 1) for slope in slopes])
    means = gradients.mean(0)  # over shifts
    total = (gradients - gradients.mean((0, 1))).square().sum(2).mean().item()
    of_images = (means - means.mean(0)).square().sum(1).mean().item()
    return total, of_images, (gradients - means).square().sum(2).mean().item()
