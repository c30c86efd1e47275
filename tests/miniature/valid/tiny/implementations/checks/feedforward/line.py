"""Exact checks of a line."""

import torch

from implementations.architectures.feedforward.line import Line


def intercept(generator: torch.Generator) -> float:
    """Where x is 0, y is 1."""
    return float((Line()(torch.zeros(1, 1)) - 1).abs().max())


def slope(generator: torch.Generator) -> float:
    """From x = 0 to x = 1, y grows by the slope."""
    ends = Line(slope=3.0)(torch.tensor([[0.0], [1.0]]))
    return float((ends[1] - ends[0] - 3).abs().max())
