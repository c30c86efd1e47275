"""Coloured balls: from the pixels of some views of a scene, what are the pixels of other views?

Source: a drawn scene; the kind of task is that of Mildenhall et al. 2020 (mildenhall2020nerf).

Equations:
    a ray o + t d meets a ball of centre m and radius r at t = -b - sqrt(b^2 - |o - m|^2 + r^2),  b = d (o - m)
    colour = colour of the nearest ball that it meets, times 0.4 + 0.6 max(0, n l);  n: normal, l: towards the light

Shapes: B rays, F = 3 coordinates, G = 3 colours.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

CENTRES = torch.tensor([[-0.4, -0.1, 0.2], [0.4, 0.2, 0.1], [0.0, -0.1, -0.5]])
RADII = torch.tensor([0.35, 0.4, 0.3])
PAINT = torch.tensor([[0.9, 0.2, 0.1], [0.1, 0.8, 0.3], [0.2, 0.4, 1.0]])
LIGHT = torch.tensor([0.6, 0.0, 0.8])
DISTANCE = 2.0
FIELD_OF_VIEW = 0.5
"""Half the width of a picture at a distance of one."""
SIDE = 16
KNOWN, TESTED = 20, 4


class ColouredBalls:
    """Learn a scene of three balls from pictures of it, pixel by pixel.

    Args:
        generator: Draws cameras and pixels.
        batch_size: Pixels of a batch.

    Example:
        >>> inputs, target = ColouredBalls(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["origin"].shape, inputs["direction"].shape, target.shape
        (torch.Size([128, 3]), torch.Size([128, 3]), torch.Size([128, 3]))
    """

    metric, higher_is_better = "mean squared error", False
    steps, learning_rate = 200, 5e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 128) -> None:
        self.generator, self.batch_size = generator, batch_size
        cameras = torch.randn(KNOWN + TESTED, 3, generator=generator)
        self.origin, self.direction = views(DISTANCE * F.normalize(cameras, dim=1))  # [views, SIDE * SIDE, 3]

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return some pixels of the known views."""
        chosen = torch.randint(0, KNOWN * SIDE * SIDE, (self.batch_size,), generator=self.generator)
        origin, direction = (rays[:KNOWN].flatten(0, 1)[chosen] for rays in (self.origin, self.direction))
        return {"origin": origin, "direction": direction}, seen(origin, direction)

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all pixels of other views."""
        origin, direction = (rays[KNOWN:].flatten(0, 1) for rays in (self.origin, self.direction))
        return {"origin": origin, "direction": direction}, seen(origin, direction)

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean squared error of the colours."""
        return F.mse_loss(output, target)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the mean squared error of the colours."""
        return float(self.loss(output, target))

    def baseline(self) -> float:
        """Return the error of the same pixel in the known view whose camera is nearest."""
        cameras = self.origin[:, 0]
        nearest = torch.cdist(cameras[KNOWN:], cameras[:KNOWN]).argmin(1)
        return self.score(
            seen(self.origin[nearest].flatten(0, 1), self.direction[nearest].flatten(0, 1)), self.test()[1]
        )


def views(cameras: Tensor) -> tuple[Tensor, Tensor]:
    """Return origins and directions `[views, SIDE * SIDE, 3]` of the rays of pictures of the middle of the scene."""
    forward = F.normalize(-cameras, dim=1)
    right = F.normalize(torch.linalg.cross(forward, torch.tensor([0.0, 0.0, 1.0]).expand_as(forward)), dim=1)
    down = torch.linalg.cross(forward, right)
    steps = FIELD_OF_VIEW * ((2 * torch.arange(SIDE) + 1) / SIDE - 1)
    row, column = torch.cartesian_prod(steps, steps).T[:, None, :, None]
    direction = forward[:, None] + row * down[:, None] + column * right[:, None]
    return cameras[:, None].expand_as(direction), F.normalize(direction, dim=2)


def seen(origin: Tensor, direction: Tensor) -> Tensor:
    """Return the colours `[B, 3]` that rays see: of the nearest ball that each meets, or white."""
    way = origin[:, None] - CENTRES  # [B, balls, 3]
    b = (direction[:, None] * way).sum(2)
    square = b.square() - way.square().sum(2) + RADII.square()
    t = torch.where(square > 0, -b - square.clamp_min(0).sqrt(), torch.inf)  # where it enters each ball
    first, ball = t.min(1)
    hit = first.isfinite()
    point = origin + torch.where(hit, first, 0.0)[:, None] * direction
    normal = (point - CENTRES[ball]) / RADII[ball, None]
    shade = 0.4 + 0.6 * (normal @ LIGHT).clamp_min(0)
    return torch.where(hit[:, None], shade[:, None] * PAINT[ball], 1.0)


def examples(task: ColouredBalls, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return views that are not known, and what a module renders of them."""
    inputs, target = task.test()
    pictures = [values.view(TESTED, SIDE, SIDE, 3).movedim(3, 1) for values in (target, module(**inputs))]
    return [{"target": expected, "output": drawn} for expected, drawn in zip(*pictures, strict=True)][:count]
