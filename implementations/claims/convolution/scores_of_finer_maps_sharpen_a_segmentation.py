"""Experiment: fully convolutional networks label the pixels of drawn shapes, with and without scores of finer maps.

Source: Long, Shelhamer & Darrell 2015, sec. 4.2 (long2015fully).

Method: three networks of the same stages and first weights, whose last map has a stride of 16 pixels, are trained on
the same batches: with scores of that map alone, and with those of one or two finer maps added. The controls train
nothing: the true shares of the classes in square cells, enlarged, label the pixels.

Measures:
    scores: mean intersection over union on test images with no, one and two finer maps that have scores.
    gain: that with two, less that with none.
    coarse_shares, fine_shares: that of true shares in as many cells as the coarsest and the finest map have positions.
"""

import torch
from torch.nn import functional as F

from implementations.architectures.dense_prediction.fully_convolutional_network import FullyConvolutionalNetwork
from implementations.claims.precision import double_precision
from implementations.concepts.image_task.drawn_shapes import CLASSES, DrawnShapes
from kb.training import fit

STEPS = 300


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train the three networks.

    Args:
        seed: Seed of weights and images.

    Returns:
        The measures that the module lists.
    """
    scores = [trained(skips, seed) for skips in range(3)]
    return {
        "scores": scores,
        "gain": scores[2] - scores[0],
        "coarse_shares": by_shares(2, seed),
        "fine_shares": by_shares(6, seed),
    }


def trained(skips: int, seed: int) -> float:
    """Train a network, and return its score on test images."""
    task = DrawnShapes(generator=torch.Generator().manual_seed(seed))
    torch.manual_seed(seed)
    network = FullyConvolutionalNetwork(blocks=[1, 1, 1], dilated=0, skips=skips)
    fit(network, task, steps=STEPS)
    inputs, target = task.test()
    with torch.no_grad():
        return task.score(network.eval()(**inputs), target)


def by_shares(side: int, seed: int) -> float:
    """Return the score of the true shares of the classes in cells, `side` along each axis, enlarged to the image."""
    task = DrawnShapes(generator=torch.Generator().manual_seed(seed))
    _, target = task.test()
    classes = F.one_hot(target, CLASSES).movedim(3, 1).double()
    shares = F.adaptive_avg_pool2d(classes, side)
    return task.score(F.interpolate(shares, size=target.shape[1:], mode="bilinear"), target)
