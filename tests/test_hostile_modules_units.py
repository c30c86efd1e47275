"""No function of one number fools the probe of data-dependent connectivity, whatever its name or form; gates count."""

from __future__ import annotations

import math

import pytest
import torch
from hostile_modules import Function, Hostile
from torch import Tensor
from torch.nn import functional as F

SOFTMAX = "A softmax over channels in the middle of a network counts as a comparison of positions"


def convolutions(unit: Function) -> Function:
    """Return three convolutions, each followed by a unit."""

    def network(x: Tensor, *filters: Tensor) -> Tensor:
        for weight in filters:
            x = unit(F.conv1d(x, weight, padding=1))
        return x

    return network


def masked_in_place(x: Tensor) -> Tensor:
    y = x + 1
    y[y < 0] = 0.0
    return y


def batch_normalised(x: Tensor) -> Tensor:
    return F.batch_norm(x, x.new_zeros(8), x.new_full((8,), 2.0))


def attention_by_hand(x: Tensor) -> Tensor:
    weights = (x.mT @ x).exp()
    return (weights / weights.sum(-1, keepdim=True) @ x.mT).mT


UNITS: dict[str, Function] = {
    "clamp": lambda x: x.clamp(min=0),
    "maximum": lambda x: torch.maximum(x, x.new_zeros(())),
    "abs": torch.abs,
    "sin": torch.sin,
    "exp": torch.exp,
    "square": torch.square,
    "product with itself": lambda x: x * x,
    "cube": lambda x: x**3,
    "where": lambda x: torch.where(x > 0, x, 0.1 * x),
    "times a condition": lambda x: x * (x > 0),
    "times a step": lambda x: (x > 0).to(x.dtype) * x,
    "threshold": lambda x: F.threshold(x, 0.1, 0.0),
    "rrelu": lambda x: F.rrelu(x, training=False),
    "hardshrink": F.hardshrink,
    "softshrink": F.softshrink,
    "maxout": lambda x: x.unflatten(1, (2, -1)).amax(1).repeat(1, 2, 1),
    "gelu by hand": lambda x: 0.5 * x * (1 + torch.erf(x / math.sqrt(2))),
    "gelu by tanh": lambda x: 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "softplus by hand": lambda x: torch.log1p(x.exp()),
    "silu by hand": lambda x: x * x.sigmoid(),
    "silu of a transposed view": lambda x: x.mT.sigmoid().mT * x,
    "mish by hand": lambda x: x * F.softplus(x).tanh(),
    "hardswish by hand": lambda x: x * (x + 3).clamp(0, 6) / 6,
    "prelu": lambda x: F.prelu(x, x.new_full((8,), 0.2)),
    "logsigmoid": F.logsigmoid,
    "softsign by hand": lambda x: x / (1 + x.abs()),
    "reciprocal": lambda x: 1 / (1 + x * x),
    "sine and product": lambda x: x.sin() + x.cos() * x,
    "in place": lambda x: x.clone().clamp_(min=0),
    "masked fill": lambda x: x.masked_fill(x < 0, 0.0),
    "masked in place": masked_in_place,
    "floor": torch.floor,
    "heaviside": lambda x: torch.heaviside(x, x.new_zeros(())),
    "swish after batch normalisation": lambda x: x * batch_normalised(x).sigmoid(),
    "root mean square": lambda x: x / (x.square().mean(1, keepdim=True) + 1e-5).sqrt(),
    "layer normalisation by hand": lambda x: (x - x.mean(1, keepdim=True)) / (x.var(1, keepdim=True) + 1e-5).sqrt(),
    "unit length": lambda x: x / x.norm(dim=1)[:, None],
    "local response normalisation": lambda x: x / (1 + F.avg_pool1d(x.square().mT, 3, 1, 1).mT) ** 0.75,
    "sorted groups": lambda x: x.unflatten(1, (2, -1)).sort(1).values.flatten(1, 2),
    "max pooling": lambda x: F.max_pool1d(x, 3, 1, 1),
    "maximum of neighbours": lambda x: torch.maximum(x, x.roll(1, 2)),
    "median of a window": lambda x: x.unflatten(2, (-1, 3)).median(3).values.repeat_interleave(3, 2),
    "smooth maximum of a window": lambda x: x.unflatten(2, (-1, 3)).logsumexp(3).repeat_interleave(3, 2),
}

CHOICES: dict[str, Function] = {
    "gated linear unit": lambda x: F.glu(x, 1).repeat(1, 2, 1),
    "gate from other channels": lambda x: x * x.roll(1, 1).sigmoid(),
    "product of neighbours": lambda x: x * x.roll(1, 2),
    "sign of a neighbour": lambda x: torch.where(x.roll(1, 2) > 0, x, 0.0),
    "attention": lambda x: F.scaled_dot_product_attention(x.mT, x.mT, x.mT).mT,
    "attention by hand": attention_by_hand,
    "linear attention": lambda x: (x.mT @ (x @ x.mT)).mT / x.shape[2],
    "excitation by the mean": lambda x: x * x.mean(2, keepdim=True).sigmoid(),
    "largest of all by one channel": lambda x: x.gather(2, x[:, :1].argmax(2, keepdim=True).expand(-1, 8, x.shape[2])),
    "sorted by one channel": lambda x: x.gather(2, x[:, :1].argsort(2).expand(-1, 8, -1)),
    "pooling by a softmax": lambda x: x + (x[:, :1].softmax(2) * x).sum(2, keepdim=True),
    "distances": lambda x: (torch.cdist(x.mT, x.mT) @ x.mT).mT,
}

TABLE = [
    Hostile("data-dependent-connectivity", name, holds, "signal", ("L",), ("B", "C", "L"), convolutions(unit), FILTERS)
    for FILTERS in [((8, 8, 3),) * 3]
    for holds, units in ((False, UNITS), (True, CHOICES))
    for name, unit in units.items()
]
TABLE.append(
    Hostile(
        "data-dependent-connectivity", "softmax over channels", False, "signal", ("L",), ("B", "C", "L"),
        convolutions(lambda x: x.softmax(1)), ((8, 8, 3),) * 3, SOFTMAX,
    )
)  # fmt: skip


@pytest.mark.parametrize("hostile", [hostile.param() for hostile in TABLE])
def test_a_unit_is_no_weight_and_a_gate_is(hostile: Hostile) -> None:
    assert hostile.judged() == ("holds" if hostile.holds else "lacks")


@pytest.mark.parametrize("hostile", [hostile for hostile in TABLE if hostile.limit], ids=lambda hostile: hostile.name)
def test_the_page_says_what_its_probe_misses(hostile: Hostile) -> None:
    assert hostile.limit in hostile.limits()
