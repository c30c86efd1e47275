"""Experiment: to which patterns the units of the first and second layer of a small convolutional network respond.

Source: the lecture, S5; Zeiler & Fergus 2014 (zeiler2014visualizing).

Method: images of 16 x 16 pixels show the outline of a triangle, of a square or of a pentagon, or four bars that do not
touch, with noise. A network with two convolutional layers of 5 x 5, of 8 and 16 rectified units and max pooling after
each, and a linear layer is trained to classify these four, by 600 steps of Adam. Then its inputs are patches of 12 x
12: a bar through the middle, in one of eight orientations, or a corner in the middle. A unit's response is its largest
activation in the middle of the patch.

Measures:
    selective: share of the first layer's live units with a selectivity above 0.5: the mean response to a bar of the
        best orientation minus that to the perpendicular one, divided by their sum.
    corner_second: largest area under the curve of a unit of the second layer as a predictor of corners, among corners
        and single bars.
    corner_first: the same for the first layer.
    accuracy: share of new images that are classified correctly.
    corner_untrained: as `corner_second`, before training.
    orientation: 0, 22.5, .., 157.5 degrees; unit_1, unit_2, unit_3: responses of the three most selective units of the
        first layer, divided by their largest.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.training import descend

SIDE, PATCH, FIRST, SECOND, STEPS, BATCH, RATE, NOISE = 16, 12, 8, 16, 600, 64, 3e-3, 0.1
SHOWN, TESTED, ORIENTATIONS = 400, 500, 8


class Shapes(nn.Sequential):
    """Two convolutional layers and a linear one."""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(1, FIRST, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(FIRST, SECOND, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(SECOND * (SIDE // 4) ** 2, 4),
        )  # fmt: skip

    def answers(self, patches: Tensor, layer: int) -> Tensor:
        """Return the largest activation of each unit in the middle of the patches, `[B, units]`."""
        activations = patches
        for module in list(self)[: 5 if layer == 2 else 2]:
            activations = module(activations)
        edge = activations.shape[-1] // 3
        return activations[:, :, edge:-edge, edge:-edge].amax((2, 3))


def run(seed: int) -> dict[str, float | list[float]]:
    """Train a network, and measure the responses of its units to patches.

    Args:
        seed: Seed of images, patches and weights.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    network = Shapes()
    bars, angles = lines(SHOWN, generator)
    corners = bends(SHOWN, generator)
    untrained = best_area(network.answers(corners, 2), network.answers(bars, 2))

    def loss() -> Tensor:
        images, kinds = shapes(BATCH, generator)
        return F.cross_entropy(network(images), kinds)

    descend(torch.optim.Adam(network.parameters(), lr=RATE), loss, steps=STEPS)
    images, kinds = shapes(TESTED, generator)
    with torch.no_grad():
        accuracy = (network(images).argmax(1) == kinds).float().mean().item()
        tuned = tuning(network.answers(bars, 1), angles)  # [orientations, units]
        first, second = (best_area(network.answers(corners, n), network.answers(bars, n)) for n in (1, 2))
    chosen = selectivity(tuned)
    live = tuned.amax(0) > 1e-3
    best = chosen.masked_fill(~live, -1).topk(3).indices
    return {
        "selective": (chosen[live] > 0.5).float().mean().item(),
        "corner_second": second,
        "corner_first": first,
        "accuracy": accuracy,
        "corner_untrained": untrained,
        "orientation": [180 / ORIENTATIONS * number for number in range(ORIENTATIONS)],
        **{f"unit_{n + 1}": (tuned[:, unit] / tuned[:, unit].max()).tolist() for n, unit in enumerate(best.tolist())},
    }


def drawn(ends: Tensor, side: int) -> Tensor:
    """Return images `[B, 1, side, side]` of strokes `[B, strokes, 2 ends, 2]`, in units of the side."""
    grid = torch.cartesian_prod(*2 * [(torch.arange(side) + 0.5) / side])  # [pixels, 2]
    start, way = ends[:, :, :1], ends[:, :, 1:] - ends[:, :, :1]  # [B, strokes, 1, 2]
    share = ((grid - start) * way).sum(-1) / way.square().sum(-1)  # [B, strokes, pixels]
    distance = (grid - start - share.clamp(0, 1)[..., None] * way).norm(dim=-1) * side
    return (1.2 - distance).clamp(0, 1).amax(1).view(-1, 1, side, side)


def noisy(images: Tensor, generator: torch.Generator) -> Tensor:
    """Return images with noise."""
    return images + NOISE * torch.randn(images.shape, generator=generator)


def around(count: int, corners: int, generator: torch.Generator) -> Tensor:
    """Return strokes of regular polygons of random position, size and orientation, `[B, corners, 2, 2]`."""
    turn = 2 * math.pi * torch.rand(count, 1, generator=generator)
    angle = turn + 2 * math.pi * torch.arange(corners + 1) / corners
    radius = 0.25 + 0.15 * torch.rand(count, 1, 1, generator=generator)
    centre = 0.45 + 0.1 * torch.rand(count, 1, 2, generator=generator)
    points = centre + radius * torch.stack([angle.cos(), angle.sin()], -1)
    return torch.stack([points[:, :-1], points[:, 1:]], 2)


def shapes(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return images and their kinds: loose bars, triangles, squares, pentagons."""
    kinds = torch.randint(4, (count,), generator=generator)
    images = torch.zeros(count, 1, SIDE, SIDE)
    for kind in range(4):
        chosen = kinds == kind
        strokes = loose(int(chosen.sum()), generator) if kind == 0 else around(int(chosen.sum()), kind + 2, generator)
        images[chosen] = drawn(strokes, SIDE)
    return noisy(images, generator), kinds


def loose(count: int, generator: torch.Generator) -> Tensor:
    """Return the strokes of a square, each moved outwards so that none touches another."""
    strokes = around(count, 4, generator)
    middle = strokes.mean(2, keepdim=True)
    return middle + 0.6 * (strokes - middle)


def lines(count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return patches with a bar through the middle, and the number of its orientation."""
    number = torch.randint(ORIENTATIONS, (count,), generator=generator)
    angle = math.pi * number / ORIENTATIONS
    way = torch.stack([angle.cos(), angle.sin()], -1)[:, None]  # [B, 1, 2]
    middle = 0.5 + 0.1 * (torch.rand(count, 1, 2, generator=generator) - 0.5)
    return noisy(drawn(torch.stack([middle - way, middle + way], 2), PATCH), generator), number


def bends(count: int, generator: torch.Generator) -> Tensor:
    """Return patches with a corner in the middle, of 60 to 110 degrees."""
    middle = 0.5 + 0.1 * (torch.rand(count, 1, 2, generator=generator) - 0.5)
    turn = 2 * math.pi * torch.rand(count, 1, generator=generator)
    opening = math.pi * (60 + 50 * torch.rand(count, 1, generator=generator)) / 180
    angle = torch.cat([turn, turn + opening], 1)
    ends = middle + torch.stack([angle.cos(), angle.sin()], -1)
    return noisy(drawn(torch.stack([middle.expand_as(ends), ends], 2), PATCH), generator)


def tuning(answers: Tensor, number: Tensor) -> Tensor:
    """Return the mean response of every unit to every orientation, `[orientations, units]`."""
    return torch.stack([answers[number == orientation].mean(0) for orientation in range(ORIENTATIONS)])


def selectivity(tuned: Tensor) -> Tensor:
    """Return, for each unit, the best response minus that to the perpendicular bar, divided by their sum."""
    best, where = tuned.max(0)
    across = tuned[(where + ORIENTATIONS // 2) % ORIENTATIONS, torch.arange(tuned.shape[1])]
    return (best - across) / (best + across).clamp_min(1e-9)


def best_area(positive: Tensor, negative: Tensor) -> float:
    """Return the largest area under the curve of any unit: how often a corner gets a larger response than a bar."""
    above = (positive[:, None] > negative[None]).float() + 0.5 * (positive[:, None] == negative[None]).float()
    return above.mean((0, 1)).max().item()
