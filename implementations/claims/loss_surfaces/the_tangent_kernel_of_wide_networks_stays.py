"""Experiment: how far training moves the tangent kernel of networks of several widths.

Source: the lecture, S8; Jacot, Gabriel & Hongler 2018 (jacot2018ntk).

Method: networks with one hidden layer of 32, 128, 512 and 2048 hyperbolic tangents learn random targets for twenty
random points of the sphere in ten dimensions, by 2000 steps of gradient descent. The sum over the hidden units is
divided by the root of the width. It is compared with the same network with the sum divided by the width, and the
learning rate multiplied by it, in which a unit moves equally far at every width. The rate is one divided by the largest
eigenvalue of the first kernel.

Measures:
    slope: slope of the relative change of the kernel against the width, in logarithms (least squares).
    increases: number of pairs of successive widths of which the larger has the larger change.
    change_wide: change of the kernel at a width of 2048, divided by its norm before training.
    loss_wide: loss of the widest network after training, divided by that before.
    slope_mean: as `slope`, with the sum divided by the width.
    width: log2 of the widths; root, mean: log10 of the change, for either divisor.
"""

import math
from itertools import pairwise

import torch
from torch import Tensor

from implementations.claims.tangent import Layer, descend

POINTS, FEATURES, STEPS, WIDTHS = 20, 10, 2000, (32, 128, 512, 2048)


def run(seed: int) -> dict[str, float | list[float]]:
    """Train networks of all widths in both forms.

    Args:
        seed: Seed of the points and of the weights.

    Returns:
        The measures that the module lists.
    """
    root, mean = ([moved(width, power, seed) for width in WIDTHS] for power in (0.5, 1.0))
    changes, averaged = ([change for change, _ in found] for found in (root, mean))
    return {
        "slope": slope(changes),
        "increases": float(sum(after >= before for before, after in pairwise(changes))),
        "change_wide": changes[-1],
        "loss_wide": root[-1][1],
        "slope_mean": slope(averaged),
        "width": [math.log2(width) for width in WIDTHS],
        "root": [math.log10(change) for change in changes],
        "mean": [math.log10(change) for change in averaged],
    }


def moved(width: int, power: float, seed: int) -> tuple[float, float]:
    """Train one network; return the relative change of its kernel, and its loss divided by that before training."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(POINTS, FEATURES, generator=generator, dtype=torch.float64)
    x = x / x.norm(dim=1, keepdim=True) * FEATURES**0.5
    y = torch.randn(POINTS, generator=generator, dtype=torch.float64)
    layer = Layer.drawn(FEATURES, width, generator, power=power)
    kernels: list[Tensor] = []
    losses: list[float] = []

    def seen(layer: Layer, loss: float) -> None:
        kernels.append(layer.kernel(x))
        losses.append(loss)

    rate = 1 / torch.linalg.eigvalsh(layer.kernel(x))[-1].item()
    descend(layer, x, y, rate=rate, steps=STEPS, seen=seen, every=STEPS)
    return ((kernels[-1] - kernels[0]).norm() / kernels[0].norm()).item(), losses[-1] / losses[0]


def slope(changes: list[float]) -> float:
    """Return the slope of the least-squares line of log change against log width."""
    x, y = (torch.tensor(values, dtype=torch.float64).log() for values in (WIDTHS, changes))
    return (((x - x.mean()) @ y) / (x - x.mean()).square().sum()).item()
