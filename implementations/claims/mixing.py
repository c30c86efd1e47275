"""Digits that are split into training and test images at random.

The task trains on the first 1,200 images and tests on the last 597, which are harder than the rest: a perceptron gets
93 in 100 of the first five digits right there, and 99 in 100 where all images are mixed. An experiment whose criterion
is about digits in general mixes them.
"""

import torch

from implementations.concepts.task.digits import Digits


def mixed_digits(generator: torch.Generator) -> Digits:
    """Return the task with its images in random order, drawn from the generator."""
    task = Digits(generator=generator)
    order = torch.randperm(len(task.labels), generator=generator)
    task.images, task.labels = task.images[order], task.labels[order]
    return task
