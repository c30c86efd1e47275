"""Depth and receptive field: against names that tell the depth, and against gradients."""

from __future__ import annotations

import pytest
import torch
from bundled import BASE
from torch import nn

from kb.tracing import depth, receptive_field

NAMED = [
    ("resnet", "resnet-18", 18),
    ("resnet", "resnet-34", 34),
    ("resnet", "resnet-50", 50),
    ("resnet", "resnet-101", 101),
    ("resnet", "resnet-152", 152),
    ("vgg", "vgg-11", 11),
    ("vgg", "vgg-16", 16),
    ("vgg", "vgg-19", 19),
    ("densenet", "densenet-121", 121),
]


@pytest.mark.parametrize(("name", "variant", "layers"), NAMED)
def test_a_network_named_after_its_depth_has_it(name: str, variant: str, layers: int) -> None:
    assert BASE.evidence[name].variants[variant].depth == layers


def test_the_longest_path_counts_and_activations_are_no_weights() -> None:
    class Branches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.short, self.long = nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = self.short(x) + self.long(x)
            return y @ (y.T @ y)  # products of activations

    assert depth(Branches(), {"x": torch.zeros(3, 4)}) == 2
    assert depth(nn.ReLU(), {"input": torch.zeros(3, 4)}) == 0


class Computed(nn.Module):
    """Multiplies by an orthogonal matrix computed from a weight, by chosen rows of another, and by no weight at all."""

    def __init__(self) -> None:
        super().__init__()
        self.skew, self.rows = nn.Parameter(torch.randn(4, 4)), nn.Parameter(torch.randn(3, 4, 4))
        self.start, self.unused = nn.Parameter(torch.randn(1, 4)), nn.Linear(4, 4)
        self.register_buffer("fixed", torch.eye(4))

    def forward(self, x: torch.Tensor, row: torch.Tensor) -> torch.Tensor:
        x = x @ torch.linalg.matrix_exp(self.skew - self.skew.T)
        x = torch.bmm(x[:, None], self.rows[row])[:, 0]
        return x @ self.fixed + self.unused(self.unused(self.unused(self.start)))  # no path from an input


def test_matrices_that_are_computed_from_weights_are_layers_and_what_no_input_reaches_is_none() -> None:
    assert depth(Computed(), {"x": torch.zeros(2, 4), "row": torch.tensor([0, 2])}) == 2


STACKS = [
    [nn.Conv2d(1, 2, 3), nn.Conv2d(2, 2, 5, stride=2), nn.Conv2d(2, 1, 3)],
    [nn.Conv2d(1, 2, 3, dilation=2), nn.MaxPool2d(3, 2), nn.Conv2d(2, 1, 3, stride=2), nn.Conv2d(1, 1, 2)],
    [nn.Conv2d(1, 4, 3), nn.LocalResponseNorm(3), nn.Conv2d(4, 1, 3)],
    [nn.AvgPool2d(2), nn.Conv2d(1, 2, 3, padding=1), nn.ReLU(), nn.Conv2d(2, 1, 1), nn.Conv2d(1, 1, 3)],
]


@pytest.mark.parametrize("layers", STACKS)
def test_a_unit_depends_on_its_receptive_field_and_no_more(layers: list[nn.Module]) -> None:
    """The union over draws: what a maximum did not choose, or a rectifier cut off, counts too."""
    net = nn.Sequential(*layers).double()
    side = receptive_field(net, {"input": torch.zeros(1, 1, 48, 48, dtype=torch.float64)})
    seen = torch.zeros(48, dtype=torch.bool)
    for _ in range(200):
        x = torch.randn(1, 1, 48, 48, dtype=torch.float64, requires_grad=True)
        y = net(x)
        middle = y.shape[-1] // 2
        (gradient,) = torch.autograd.grad(y[0, 0, middle, middle], x)
        seen |= gradient[0, 0].ne(0).any(1)
    assert int(seen.nonzero().max() - seen.nonzero().min()) + 1 == side


def test_pooling_everything_starts_again_and_without_convolutions_there_is_no_field() -> None:
    net = nn.Sequential(nn.Conv2d(1, 2, 7), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 3))
    assert receptive_field(net, {"input": torch.zeros(1, 1, 20, 20)}) == 7
    assert receptive_field(nn.Linear(3, 2), {"input": torch.zeros(1, 3)}) is None
