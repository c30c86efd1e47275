"""Experiment: slices of the loss of deep networks with shortcuts and without, around their trained weights.

Source: the lecture, S8; Li et al. 2018 (li2018visualizing).

Method: networks of 40 layers of 32 features, each of batch normalisation, a rectifier and a linear map by He's rule,
are trained on the digits by Adam for 400 steps, with or without the input of each layer added to its output. Two random
directions are drawn, and scaled so that their part for each unit has the length of that unit's weights; biases, and
scales and shifts of the normalisation, are kept fixed. The loss of 300 images is computed on a grid of 21 by 21 steps
from -1 to 1 along the two directions; the normalisation takes its statistics from these images.

Measures:
    ratio_variance: variance of the logarithm of the loss over the slice, without shortcuts divided by that with them.
    ratio_high: share of the slice with a loss above ten times the least, without shortcuts divided by that with them.
    bumps, bumps_without: share of the points between two others of a row or a column whose loss is higher than that
        of both; zero for a convex slice.
    plain, residual: loss at the centre.
    bumps_shallow: the same for two layers without shortcuts.
    u, v: coordinates of all points; with_shortcuts, without: losses there.
"""

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional as F

from implementations.claims.precision import double_precision
from implementations.claims.stacking import stack
from implementations.concepts.task.digits import TRAINING, Digits
from kb.training import batch_loss, descend

DEPTH, SHALLOW, WIDTH, RATE, STEPS, IMAGES, SIDE = 40, 2, 32, 3e-3, 400, 300, 21


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train networks, and compute a slice around each.

    Args:
        seed: Seed of weights, batches and directions.

    Returns:
        The measures that the module lists.
    """
    residual, plain = (slice_around(DEPTH, shortcut, seed) for shortcut in (True, False))
    shallow = slice_around(SHALLOW, False, seed)
    points = torch.cartesian_prod(*2 * [torch.linspace(-1, 1, SIDE)])
    return {
        "ratio_variance": spread(plain) / spread(residual),
        "ratio_high": high(plain) / max(high(residual), 1 / SIDE**2),
        "plain": plain[SIDE // 2, SIDE // 2].item(),
        "residual": residual[SIDE // 2, SIDE // 2].item(),
        "bumps": bumps(residual),
        "bumps_without": bumps(plain),
        "bumps_shallow": bumps(shallow),
        "u": points[:, 0].tolist(),
        "v": points[:, 1].tolist(),
        "with_shortcuts": residual.flatten().tolist(),
        "without": plain.flatten().tolist(),
    }


def slice_around(depth: int, shortcut: bool, seed: int) -> Tensor:
    """Train a network, and return its loss on a grid around the trained weights, `[SIDE, SIDE]`."""
    network = stack(depth, inputs=64, width=WIDTH, outputs=10, seed=seed, normalise=True, shortcut=shortcut)
    task = Digits(generator=torch.Generator().manual_seed(seed))
    task.images = task.images.double()
    descend(torch.optim.Adam(network.parameters(), lr=RATE), batch_loss(network, task), steps=STEPS)
    centre = {name: value.detach() for name, value in network.named_parameters()}
    directions = [direction(centre, torch.Generator().manual_seed(2 * seed + number)) for number in (0, 1)]
    images, labels = task.images[:TRAINING][:IMAGES], task.labels[:IMAGES]
    points = torch.linspace(-1, 1, SIDE).tolist()
    rows = [[_loss(network, centre, directions, (u, v), images, labels) for v in points] for u in points]
    return torch.tensor(rows)


def direction(weights: dict[str, Tensor], generator: torch.Generator) -> dict[str, Tensor]:
    """Return a random direction that is as long as the weights unit by unit, and zero for single numbers."""
    found = {}
    for name, value in weights.items():
        if value.dim() < 2:
            found[name] = torch.zeros_like(value)
        else:
            drawn = torch.randn(value.shape, generator=generator)
            found[name] = drawn * (value.norm(dim=1, keepdim=True) / drawn.norm(dim=1, keepdim=True))
    return found


def _loss(
    network: nn.Module,
    centre: dict[str, Tensor],
    directions: list[dict[str, Tensor]],
    point: tuple[float, float],
    images: Tensor,
    labels: Tensor,
) -> float:
    u, v = directions
    moved = {name: value + point[0] * u[name] + point[1] * v[name] for name, value in centre.items()}
    with torch.no_grad():
        return F.cross_entropy(functional_call(network, moved, (images,)), labels).item()


def spread(losses: Tensor) -> float:
    """Return the variance of the logarithm of the loss over the slice."""
    return losses.log().var().item()


def high(losses: Tensor) -> float:
    """Return the share of the slice with a loss above ten times the least."""
    return (losses > 10 * losses.min()).float().mean().item()


def bumps(losses: Tensor) -> float:
    """Return the share of inner points of rows and columns that lie above both their neighbours."""
    found = [(rows[:, 1:-1] > torch.maximum(rows[:, :-2], rows[:, 2:])).float().mean() for rows in (losses, losses.T)]
    return torch.stack(found).mean().item()
