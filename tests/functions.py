"""Functions of a sequence that tell biases apart: each has some, and lacks what one might think follows from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import torch
from bundled import BASE
from torch import Tensor, nn
from torch.nn import functional as F

from kb.evidence import VIOLATION
from kb.probes import Axes
from kb.schema.theorem import Statement
from kb.traits import acting_letters

FEATURES = 16
GENERATOR = torch.Generator().manual_seed(0)
ROTATION = torch.linalg.qr(torch.randn(FEATURES, FEATURES, generator=GENERATOR, dtype=torch.float64)).Q
SHELL = 2.0  # probes cross several shells, each about six wide


class Function(nn.Module):
    """A function of a sequence `[B, T, F]` and one matrix of weights."""

    def __init__(self, formula: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.formula = formula
        self.weight = nn.Parameter(ROTATION / 2 + 0.1)

    def forward(self, x: Tensor) -> Tensor:
        return self.formula(x, self.weight)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        return {"x": torch.randn(B, T, FEATURES, generator=generator, dtype=torch.float64)}


class Clock(Function):
    """Counts its steps, and uses the weights in every other one."""

    def __init__(self) -> None:
        super().__init__(lambda x, weight: x @ weight)

    def forward(self, x: Tensor, count: Tensor | None = None) -> tuple[Tensor, Tensor]:
        count = torch.zeros(len(x), dtype=torch.float64) if count is None else count
        even = (count[:, None] + torch.arange(x.shape[1])) % 2 == 0
        return torch.where(even[..., None], x @ self.weight, x), count + x.shape[1]


class Unread(Function):
    """Rotates a state at every step, and neither writes to it nor reads it."""

    def __init__(self) -> None:
        super().__init__(lambda x, weight: torch.tanh(x @ weight))

    def forward(self, x: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        h = torch.zeros_like(x[:, 0]) if h is None else h
        return self.formula(x, self.weight), h @ torch.linalg.matrix_power(ROTATION, x.shape[1])


def _mean(x: Tensor) -> Tensor:
    return x.mean(1, keepdim=True)


def _length(x: Tensor) -> Tensor:
    return x.norm(dim=(1, 2), keepdim=True)


def _cancelled(x: Tensor, weight: Tensor) -> Tensor:
    product = x * _mean(x)
    return x @ weight + (product - torch.relu(product) + torch.relu(-product))


FORMULAS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "each alone": lambda x, weight: torch.tanh(x @ weight),
    "affine": lambda x, weight: x @ weight + 1,
    "rotated": lambda x, weight: x @ ROTATION,
    "sizes": lambda x, weight: x.abs(),
    "turned round in every other shell": lambda x, weight: x * torch.sign(torch.sin(_length(x) / SHELL)).detach(),
    "padded": lambda x, weight: F.pad(x, (0, 1)),
    "cancelled product": _cancelled,
    "largest": lambda x, weight: F.one_hot((x @ weight).argmax(-1), FEATURES).to(x.dtype),
    "layer normalisation": lambda x, weight: F.layer_norm(x, (FEATURES,)),
    "reversed": lambda x, weight: x.flip(1) @ weight,
    "from the other side of the ring": lambda x, weight: torch.tanh((x + x.roll(x.shape[1] // 2, 1)) @ weight),
    "from a third of the ring": lambda x, weight: torch.tanh((x + x.roll(max(1, x.shape[1] // 3), 1)) @ weight),
    "from the first": lambda x, weight: torch.tanh((x + x[:, :1]) @ weight),
    "from neighbours": lambda x, weight: torch.tanh((x + x.roll(1, 1) + x.roll(-1, 1)) @ weight),
    "mean": lambda x, weight: torch.tanh((x + _mean(x)) @ weight),
    "mean of few": lambda x, weight: torch.tanh(x @ weight) + (_mean(x) if x.shape[1] < 10 else 0),
    "mean of signs": lambda x, weight: torch.tanh(x @ weight) + _mean(x.sign()),
    "sum": lambda x, weight: torch.tanh((x + x.sum(1, keepdim=True)) @ weight),
}
MODULES: Mapping[str, Function] = {
    **{name: Function(formula) for name, formula in FORMULAS.items()},
    "clock": Clock(),
    "unread state": Unread(),
}
STATES = {"clock": {"count": ("B",)}, "unread state": {"h": ("B", "U")}}
ROLES = {axis.letter: axis.role for axis in BASE.axes.values() if axis.letter}


@cache
def value(name: str, bias: str) -> str:
    """Return `holds`, `lacks` or `unknown`, as the probe of a bias finds for a function; or `not-applicable`."""
    entry, states = BASE.biases[bias], STATES.get(name, {})
    inside, outside = ("B", "T", "F"), ("B", "T", "G")
    acting = acting_letters(entry, inside, outside, bool(states), ROLES)
    if not acting:
        return "not-applicable"
    axes = Axes(inputs={"x": inside}, outputs={"y": outside, **states}, acting=acting)
    module, generator = MODULES[name], torch.Generator().manual_seed(1)
    try:
        error = entry.load()(module, module.example_inputs(generator), axes, generator)
    except FloatingPointError:  # nothing can be concluded
        return "unknown"
    return "holds" if error <= entry.tolerance else "lacks" if error >= VIOLATION else "unknown"


def is_so(name: str, statement: Statement) -> bool:
    """Whether the probe of its bias finds a statement to be true of a function."""
    return value(name, statement.bias) == statement.value
