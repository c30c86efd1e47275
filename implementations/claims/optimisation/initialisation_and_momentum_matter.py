"""Experiment: a deep autoencoder trained by gradient descent, with two forms of momentum, from two kinds of weights.

Source: the lecture, S21; Sutskever et al. 2013 (sutskever2013importance).

Method: an autoencoder with layers of 64, 100, 50, 25, 15, 25, 50, 100 and 64 logistic units learns 200 of the digits in
1500 steps on their mean squared error. The momentum rises as in the paper: the smaller of 0.99 and 1 - 2^(-1 -
log2(floor(t / 250) + 1)), so that it ends at 0.92. Of four learning rates the best is taken; at larger ones the loss
jumps, and where it ends depends on how a processor rounds. Weights are drawn by sparse initialisation, 15 inputs for
each unit, or with a standard deviation of 0.01.

Measures:
    ball: loss after training by a heavy ball, divided by that of gradient descent; sparse initialisation.
    nesterov: the same for Nesterov's momentum.
    nesterov_by_ball: loss of Nesterov's momentum divided by that of the heavy ball.
    descent: loss of gradient descent, divided by that of the mean image; sparse initialisation.
    ball_small: loss of the heavy ball from small weights, divided by that of the mean image.
    step: 0, 50, .., 1500; descent_loss, ball_loss, nesterov_loss, small_loss: the losses during training, with the best
        rates.
"""

from itertools import pairwise

import torch
from torch import Tensor

from implementations.claims.precision import double_precision
from implementations.concepts.initialisation.sparse_initialisation import sparse_
from implementations.concepts.task.digits import TRAINING, Digits

WIDTHS = [64, 100, 50, 25, 15, 25, 50, 100, 64]
IMAGES, STEPS, SHOWN, MOST, SMALL = 200, 1500, 50, 0.99, 0.01
RATES = torch.tensor([1.0, 3.0, 10.0, 30.0])


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train with all rules and from both kinds of weights.

    Args:
        seed: Seed of the weights.

    Returns:
        The measures that the module lists.
    """
    images = Digits(generator=torch.Generator()).images[:TRAINING][:IMAGES].double()
    mean = (images - images.mean(0)).square().mean().item()
    good, small = (drawn(seed, sparse=sparse) for sparse in (True, False))
    descent, ball, nesterov, stuck = (
        trained(weights, images, momentum=momentum, nesterov=nesterov)
        for weights, momentum, nesterov in (
            (good, 0.0, False),
            (good, MOST, False),
            (good, MOST, True),
            (small, MOST, False),
        )
    )
    return {
        "ball": ball[-1] / descent[-1],
        "nesterov": nesterov[-1] / descent[-1],
        "nesterov_by_ball": nesterov[-1] / ball[-1],
        "descent": descent[-1] / mean,
        "ball_small": stuck[-1] / mean,
        "step": [float(step) for step in range(0, STEPS + 1, SHOWN)],
        "descent_loss": descent,
        "ball_loss": ball,
        "nesterov_loss": nesterov,
        "small_loss": stuck,
    }


def drawn(seed: int, *, sparse: bool) -> list[Tensor]:
    """Return a matrix `[outputs, inputs]` and a bias of zeros for every layer, one after the other."""
    generator = torch.Generator().manual_seed(seed)
    weights = []
    for inputs, outputs in pairwise(WIDTHS):
        weight = torch.randn(outputs, inputs, generator=generator) * SMALL
        weights += [sparse_(weight, generator=generator) if sparse else weight, torch.zeros(outputs)]
    return weights


def trained(start: list[Tensor], images: Tensor, *, momentum: float, nesterov: bool) -> list[float]:
    """Train with all rates at once.

    Args:
        start: Weights and biases of all layers.
        images: The images to reconstruct.
        momentum: The largest momentum; zero for gradient descent.
        nesterov: Whether the gradient is taken at the point to which the velocity leads.

    Returns:
        The losses during training, with the rate that ends lowest.
    """
    weights = [value.expand(len(RATES), *value.shape).clone() for value in start]
    velocities = [torch.zeros_like(value) for value in weights]
    losses = [reconstruction(weights, images)]
    for step in range(STEPS):
        coefficient = min(1 - 0.5 / (step // 250 + 1), momentum)
        points = [w + coefficient * v if nesterov else w for w, v in zip(weights, velocities, strict=True)]
        points = (
            [point.requires_grad_() for point in points] if nesterov else [w.detach().requires_grad_() for w in weights]
        )
        gradients = torch.autograd.grad(reconstruction(points, images).sum(), points)
        for number, gradient in enumerate(gradients):
            rate = RATES.view(-1, *(1,) * (gradient.dim() - 1))
            velocities[number] = coefficient * velocities[number] - rate * gradient
            weights[number] = weights[number] + velocities[number]
        if (step + 1) % SHOWN == 0:
            losses.append(reconstruction(weights, images))
    found = torch.stack(losses)  # [seen, rates]
    best = found[-1].nan_to_num(torch.inf).argmin()
    return found[:, best].tolist()


def reconstruction(weights: list[Tensor], images: Tensor) -> Tensor:
    """Return the mean squared error of the autoencoders `[rates]`; all layers are logistic."""
    h = images.expand(len(weights[0]), -1, -1)
    for weight, bias in zip(weights[::2], weights[1::2], strict=True):
        h = torch.sigmoid(torch.baddbmm(bias[:, None], h, weight.mT))
    return (h - images).square().mean((1, 2))
