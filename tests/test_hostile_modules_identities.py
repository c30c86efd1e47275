"""Modules that once fooled a probe of an identity, or tried to: the probe is right, or its page says that it is not."""

from __future__ import annotations

import pytest
import torch
from hostile_modules import Function, Hostile
from torch import Tensor
from torch.nn import functional as F

SEQUENCE, SIGNAL, IMAGE = ("B", "T", "F"), ("B", "C", "L"), ("B", "C", "H", "W")


def of_sequences(bias: str, name: str, holds: bool, function: Function, **more: object) -> Hostile:
    return Hostile(bias, name, holds, "sequence", ("T",), SEQUENCE, function, **more)  # type: ignore[arg-type]


def of_signals(bias: str, name: str, holds: bool, function: Function, **more: object) -> Hostile:
    return Hostile(bias, name, holds, "signal", ("L",), SIGNAL, function, **more)  # type: ignore[arg-type]


def of_images(bias: str, name: str, holds: bool, function: Function, **more: object) -> Hostile:
    return Hostile(bias, name, holds, "image", ("H", "W"), ("B", "C"), function, **more)  # type: ignore[arg-type]


def of_rows(bias: str, name: str, holds: bool, function: Function, **more: object) -> Hostile:
    return Hostile(bias, name, holds, "rows", ("F",), ("B", "G"), function, **more)  # type: ignore[arg-type]


def ahead(x: Tensor, steps: int) -> Tensor:
    """Return what comes some steps later; zero where nothing does."""
    return F.pad(x[:, steps:], (0, 0, 0, min(steps, x.shape[1])))


def places(x: Tensor, dim: int) -> Tensor:
    """Return the number of each position, in a shape that adds to `x`."""
    shape = [-1 if here == dim % x.dim() else 1 for here in range(x.dim())]
    return torch.arange(x.shape[dim], dtype=x.dtype).reshape(shape)


def circular(x: Tensor, weight: Tensor) -> Tensor:
    return F.conv1d(F.pad(x, (1, 1), mode="circular"), weight)


def pooled(x: Tensor, weight: Tensor) -> Tensor:
    return torch.relu(F.conv2d(F.pad(x, (1, 1, 1, 1), mode="circular"), weight)).mean((2, 3))


def huber(x: Tensor, width: float) -> Tensor:
    return torch.where(x.abs() < width, x * x / (2 * width), x.abs() - width / 2)


def zigzag(x: Tensor, kinks: float) -> Tensor:
    return (x * kinks - 2 * torch.floor(x * kinks / 2) - 1).abs() / kinks


def layer(x: Tensor, into: Tensor, out: Tensor) -> Tensor:
    return torch.relu(x @ into) @ out


def committee(x: Tensor, weight: Tensor) -> Tensor:
    return torch.tanh(x @ weight).sum(1, keepdim=True)


def branches(x: Tensor, first: Tensor, second: Tensor, out: Tensor) -> Tensor:
    return torch.cat([torch.tanh(x @ first), torch.tanh(x @ second)], 1) @ out


AHEAD = "a look further ahead than those are long is not seen"
FAR = "one that starts even further out is not"
NARROW = "One that is confined to a small share of the inputs, as that of a kink that is rounded off, is not seen"
CONCATENATED = "as in a layer after a concatenation or after a feature map has been flattened, are missed"

TABLE = [
    of_sequences("causality", "sum so far", True, lambda x: x.cumsum(1)),
    of_sequences("causality", "sum so far over the length", False, lambda x: x.cumsum(1) / x.shape[1]),
    of_sequences("causality", "mean so far", True, lambda x: x.cumsum(1) / (1 + places(x, 1))),
    of_sequences("causality", "place from the end", False, lambda x: x + places(x, 1).flip(1)),
    of_sequences("causality", "20 steps ahead", False, lambda x: x + ahead(x, 20)),
    of_sequences("causality", "200 steps ahead", False, lambda x: x + ahead(x, 200), limit=AHEAD),
    of_sequences("causality", "rare trigger ahead", False, lambda x: x + (ahead(x, 1).abs() > 8) * 1.0),
    of_sequences("causality", "weak look ahead", False, lambda x: x + 0.1 * ahead(x, 1)),
    of_sequences("permutation-equivariance", "deep set", True, lambda x: torch.tanh(x + x.mean(1, keepdim=True))),
    of_sequences("permutation-equivariance", "code beyond place 20", False, lambda x: x + (places(x, 1) > 20)),
    of_sequences("permutation-equivariance", "rare trigger", False, lambda x: x + places(x, 1) * (x.abs() > 8)),
    of_sequences("permutation-equivariance", "weak code", False, lambda x: x + 0.01 * places(x, 1)),
    of_sequences("recurrence-over-time", "pointwise", True, torch.tanh),
    of_sequences("recurrence-over-time", "rare look back", False, lambda x: x + (x.roll(1, 1).abs() > 8)),
    of_sequences("replication-invariance", "centred", True, lambda x: x - x.mean(1, keepdim=True)),
    of_sequences("replication-invariance", "largest of all", True, lambda x: x - x.amax(1, keepdim=True)),
    of_sequences("replication-invariance", "sum beyond 8", False, lambda x: x + F.relu(x - 8).sum(1, keepdim=True)),
    of_sequences("replication-invariance", "length", False, lambda x: x + x.shape[1]),
    of_signals("translation-equivariance", "convolution", True, circular, shapes=((8, 8, 3),)),
    of_signals("translation-equivariance", "code", False, lambda x: x + 0.1 * places(x, 2)),
    of_signals("translation-equivariance", "code beyond place 20", False, lambda x: x + (places(x, 2) > 20)),
    of_signals("translation-equivariance", "code beyond place 99", False, lambda x: x + (places(x, 2) > 99), limit=FAR),
    of_signals("translation-equivariance", "rare code", False, lambda x: x + places(x, 2) * (x.abs() > 8)),
    of_signals("translation-equivariance", "constant part", False, lambda x: 1e3 + x + 0.1 * places(x, 2)),
    of_images("translation-invariance", "pooled", True, pooled, shapes=((3, 2, 3, 3),)),
    of_images("translation-invariance", "constant part", False, lambda x: 1e3 + (x * places(x, 3)).mean((2, 3))),
    of_images("translation-invariance", "beyond row 20", False, lambda x: (x * (places(x, 2) > 20)).sum((2, 3))),
    of_images("translation-invariance", "spread", True, lambda x: x.flatten(2).std(2)),
    of_images("rotation-invariance", "mean", True, lambda x: x.square().mean((2, 3))),
    of_images("rotation-invariance", "constant part", False, lambda x: 1e3 + (x * places(x, 3)).mean((2, 3))),
    of_images("rotation-invariance", "largest in rows", False, lambda x: x.amax(3).mean(2)),
    of_images("rotation-invariance", "distance from the centre", False, lambda x: (x * places(x, 2).cos()).sum((2, 3))),
    of_rows("affine-dependence", "affine", True, lambda x, w: 1e3 + x @ w, shapes=((4, 3),)),
    of_rows("affine-dependence", "small kink on a constant", False, lambda x: 1e3 + 0.1 * torch.relu(x)),
    of_rows("affine-dependence", "weak square", False, lambda x: x + 1e-2 * x * x),
    of_rows("affine-dependence", "kink at 8", False, lambda x: x + torch.relu(x - 8)),
    of_rows("piecewise-linearity", "rectifier", True, layer, shapes=((4, 8), (8, 3))),
    of_rows("piecewise-linearity", "weak square", False, lambda x: torch.relu(x) + 1e-7 * x * x),
    of_rows("piecewise-linearity", "many kinks", True, lambda x: zigzag(x, 2e5)),
    of_rows("piecewise-linearity", "steps", True, lambda x: x + torch.floor(x * 50)),
    of_rows("piecewise-linearity", "softplus", False, F.softplus),
    of_rows("piecewise-linearity", "product", False, lambda x: x * x.roll(1, 1)),
    of_rows("piecewise-linearity", "wide Huber", False, lambda x: huber(x, 1.0)),
    of_rows("piecewise-linearity", "narrow Huber", False, lambda x: huber(x, 1e-3), limit=NARROW),
    of_rows("positive-homogeneity", "layer", True, layer, shapes=((4, 8), (8, 3))),
    of_rows("positive-homogeneity", "length", True, lambda x: x.norm(dim=1, keepdim=True)),
    of_rows("positive-homogeneity", "kink at 8", False, lambda x: x + torch.relu(x - 8)),
    of_rows("positive-homogeneity", "small constant", False, lambda x: x + 1e-3),
    of_rows("scale-invariance", "direction", True, lambda x: x / x.norm(dim=1, keepdim=True)),
    of_rows("scale-invariance", "order", True, lambda x: x.argsort(1).to(x.dtype)),
    of_rows("scale-invariance", "steep squashing", False, lambda x: torch.tanh(1000 * x)),
    of_rows("scale-invariance", "steep sigmoid", False, lambda x: torch.sigmoid(300 * x)),
    of_rows("scale-invariance", "saturation", False, lambda x: torch.tanh(x)),
    of_rows("shift-invariance", "centred", True, lambda x: torch.tanh(x - x.mean(1, keepdim=True))),
    of_rows("shift-invariance", "softmax", True, lambda x: x.softmax(1)),
    of_rows("shift-invariance", "on a constant", False, lambda x: 1e3 + 0.1 * x),
    of_rows("shift-invariance", "spread by deviation", True, lambda x: x.std(1, keepdim=True)),
    of_rows("norm-preservation", "permuted", True, lambda x: x.flip(1)),
    of_rows("norm-preservation", "signs", True, torch.abs),
    of_rows("norm-preservation", "clipped at 8", False, lambda x: x.clamp(-8, 8)),
    of_rows("gradient-norm-preservation-over-depth", "absolute value", True, torch.abs),
    of_rows("gradient-norm-preservation-over-depth", "gain of 0.9", False, lambda x: 0.9 * x),
    of_rows("hidden-unit-permutation-symmetry", "two layers", True, layer, shapes=((4, 8), (8, 3))),
    of_rows("hidden-unit-permutation-symmetry", "tied", True, lambda x, w: torch.relu(x @ w) @ w.T, shapes=((4, 8),)),
    of_rows("hidden-unit-permutation-symmetry", "committee", True, committee, shapes=((4, 5),)),
    of_rows("hidden-unit-permutation-symmetry", "linear", False, lambda x, w: x @ w, shapes=((4, 3),)),
    of_rows("hidden-unit-permutation-symmetry", "sum of two weights", False, lambda x, w: x * w.sum(), shapes=((5,),)),
    of_rows(
        "hidden-unit-permutation-symmetry", "branches", True, branches,
        shapes=((4, 2), (4, 3), (5, 3)), limit=CONCATENATED,
    ),
]  # fmt: skip


@pytest.mark.parametrize("hostile", [hostile.param() for hostile in TABLE])
def test_a_probe_is_not_fooled(hostile: Hostile) -> None:
    assert hostile.judged() == ("holds" if hostile.holds else "lacks")


@pytest.mark.parametrize("hostile", [hostile for hostile in TABLE if hostile.limit], ids=lambda hostile: hostile.name)
def test_the_page_says_what_its_probe_misses(hostile: Hostile) -> None:
    assert hostile.limit in hostile.limits()
