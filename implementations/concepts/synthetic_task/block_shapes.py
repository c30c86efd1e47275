"""Block shapes: name the shapes of four blocks, having seen each in one orientation.

Source: the shape classification of Thomas et al. 2018 (thomas2018tensor), with the coordinates of the authors' code.

Shapes: N = 4 blocks of a shape, K = 8 shapes, F = 1 feature, which is one, E = 12 pairs of a shape. The shapes of a
batch form one graph.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from kb.guards import checked_arguments

SHAPES = {
    "left screw": [(0, 0, 0), (0, 0, 1), (1, 0, 0), (1, 1, 0)],
    "right screw": [(0, 0, 0), (0, 0, 1), (1, 0, 0), (1, -1, 0)],
    "square": [(0, 0, 0), (1, 0, 0), (0, 1, 0), (1, 1, 0)],
    "line": [(0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 0, 3)],
    "corner": [(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0)],
    "L": [(0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 1, 0)],
    "T": [(0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 1, 1)],
    "zigzag": [(0, 0, 0), (1, 0, 0), (1, 1, 0), (2, 1, 0)],
}
BLOCKS = 4
REPEATS = 25
"""How many orientations of each shape are in the test."""


class BlockShapes:
    """Name a shape from the positions of its blocks.

    Args:
        generator: Draws the orientations of the test, and where shapes are.

    Example:
        >>> inputs, target = BlockShapes(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, inputs["edge_index"].shape, target.shape
        (torch.Size([32, 3]), torch.Size([2, 96]), torch.Size([8]))
    """

    metric, higher_is_better = "accuracy", True
    steps, learning_rate = 250, 1e-2

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator) -> None:
        shapes = torch.tensor(list(SHAPES.values())).to(torch.get_default_dtype())
        self.generator, self.shapes = generator, shapes
        many = shapes.repeat(REPEATS, 1, 1)
        turned = many @ rotations(len(many), generator).mT
        self._test = as_graph(shifted(turned, generator)), torch.arange(len(shapes)).repeat(REPEATS)

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all shapes, in the one orientation of each and shifted at random, and their numbers."""
        return as_graph(shifted(self.shapes, self.generator)), torch.arange(len(self.shapes))

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return all shapes, rotated and shifted at random, and their numbers."""
        return self._test

    def loss(self, output: tuple[Tensor, ...], target: Tensor) -> Tensor:
        """Return the cross-entropy of the mean over the blocks of a shape; the first output has the features."""
        return F.cross_entropy(mean_over_blocks(output[0]), target)

    def score(self, output: tuple[Tensor, ...], target: Tensor) -> float:
        """Return the share of shapes that are named."""
        return float((mean_over_blocks(output[0]).argmax(1) == target).float().mean())

    def baseline(self) -> float:
        """Return the accuracy of always naming the same shape."""
        return 1 / len(SHAPES)


def as_graph(shapes: Tensor) -> dict[str, Tensor]:
    """Return shapes `[B, 4, 3]` as one graph, in which all blocks of a shape are joined."""
    pairs = torch.tensor([(i, j) for i in range(BLOCKS) for j in range(BLOCKS) if i != j]).T
    first = BLOCKS * torch.arange(len(shapes))
    return {
        "h": shapes.new_ones(BLOCKS * len(shapes), 1),
        "x": shapes.flatten(0, 1),
        "edge_index": (pairs[:, None] + first[:, None]).flatten(1),
    }


def mean_over_blocks(features: Tensor) -> Tensor:
    """Return the mean of the features `[4 B, K]` of the blocks of every shape, `[B, K]`."""
    return features.unflatten(0, (-1, BLOCKS)).mean(1)


def shifted(shapes: Tensor, generator: torch.Generator) -> Tensor:
    """Return shapes `[B, 4, 3]`, each moved by at most 3 along every axis."""
    return shapes + 6 * torch.rand(len(shapes), 1, 3, generator=generator) - 3


def rotations(count: int, generator: torch.Generator) -> Tensor:
    """Return random rotations `[count, 3, 3]`."""
    matrices = torch.linalg.qr(torch.randn(count, 3, 3, generator=generator)).Q
    return matrices * torch.linalg.det(matrices)[:, None, None]  # -1 times a reflection is a rotation of space
