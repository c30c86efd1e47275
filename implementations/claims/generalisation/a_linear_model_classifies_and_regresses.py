"""Experiment: a linear model learns to classify digits, and to predict a number.

Source: the lecture, S3.

Method: softmax regression, a linear model of the 64 pixels, is trained on 1200 digits that are drawn at random, and
tested on the other 597; then the same with labels shuffled among the training images. A line is also fitted by least
squares to 200 points, y = 2 x - 1 with normal errors of deviation 0.5; then the same with the values of y shuffled. The
standard error of the slope is computed from the residuals, as in textbooks.

Measures:
    right: accuracy on test images.
    right_shuffled: the same, where labels were shuffled for training.
    slope_off: distance of the fitted slope from 2, in standard errors.
    slope_off_shuffled: the same, where the values of y were shuffled.
    step: 0, 50, .., 1000; accuracy: on test images, by steps of training.
"""

import torch
from torch import Tensor

from implementations.architectures.feedforward.linear_model import LinearModel
from implementations.claims.mixing import mixed_digits
from implementations.concepts.task.digits import TRAINING, Digits
from kb.training import fit

STEPS, SHOWN, POINTS = 1000, 50, 200
SLOPE, CONSTANT, DEVIATION = 2.0, -1.0, 0.5


def run(seed: int) -> dict[str, float | list[float]]:
    """Classify and regress, with true and with shuffled outputs.

    Args:
        seed: Seed of the split, the batches and the errors.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    task = mixed_digits(generator)
    shares = learned(task)
    task.labels[:TRAINING] = task.labels[:TRAINING][torch.randperm(TRAINING, generator=generator)]
    x = torch.randn(POINTS, generator=generator, dtype=torch.float64)
    y = SLOPE * x + CONSTANT + DEVIATION * torch.randn(POINTS, generator=generator, dtype=torch.float64)
    return {
        "right": shares[-1],
        "right_shuffled": learned(task)[-1],
        "slope_off": off(x, y),
        "slope_off_shuffled": off(x, y[torch.randperm(POINTS, generator=generator)]),
        "step": [float(step) for step in range(0, STEPS + 1, SHOWN)],
        "accuracy": shares,
    }


def learned(task: Digits) -> list[float]:
    """Train softmax regression, and return its accuracy on test images during training."""
    model = LinearModel(in_features=64, out_features=10)
    inputs, labels = task.test()
    shares = [task.score(model(**inputs), labels)]
    for _ in range(STEPS // SHOWN):
        fit(model, task, steps=SHOWN, rate=0.01)
        shares.append(task.score(model(**inputs), labels))
    return shares


def off(x: Tensor, y: Tensor) -> float:
    """Return how many standard errors the least-squares slope is from the true one."""
    centred = x - x.mean()
    slope = (centred @ y) / (centred @ centred)
    residuals = y - y.mean() - slope * centred
    error = (residuals.square().sum() / (len(x) - 2) / (centred @ centred)).sqrt()
    return ((slope - SLOPE).abs() / error).item()
