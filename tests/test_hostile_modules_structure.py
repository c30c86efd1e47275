"""Probes that follow the operations of a run see through other ways to write them, or their pages say so."""

from __future__ import annotations

import pytest
import torch
from bundled import BASE
from hostile_modules import Fixed, Function, Rows, Signal
from torch import Tensor, nn
from torch.nn import functional as F

from kb.evidence import VIOLATION
from kb.probes import Axes
from kb.verify.preparing import seeded

STACKED = "as the sum over an axis along which results were stacked"
CUT = "Nor does it follow a part that is cut out of a tensor"
BY_HAND = "a depthwise convolution that is written out as a sum of shifted products"
EACH = "as one ordinary convolution for every channel"


def in_place(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    y = torch.tanh(x @ first) @ second
    y += x
    return y


def written_into(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    y = torch.zeros_like(x)
    y[:] = torch.tanh(x @ first) @ second
    return x + y


def attention(x: Tensor, *_: Tensor) -> Tensor:
    return x + (x[:, :, None] * x[:, None]).softmax(-1).bmm(x[..., None])[..., 0]


def gated(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    z = torch.sigmoid(x @ first)
    return x + z * (torch.tanh(x @ second) - x)


def highway(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    z = torch.sigmoid(x @ first)
    return (1 - z) * x + z * torch.tanh(x @ second)


def recurrent(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """W x + U h, where the state comes from the other half of the inputs too."""
    step, before = x.chunk(2, 1)
    return torch.tanh(step @ first[:2] + torch.tanh(before + step) @ first[2:]) @ second


def coupled(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """Two additive couplings, whose halves are cut out again."""
    for _ in range(2):
        left, right = x.chunk(2, 1)
        x = torch.cat([right + torch.tanh(left @ first[:2]) @ second[:, :2], left], 1)
    return x


def both(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """A reversible block, whose halves are cut out once."""
    left, right = x.chunk(2, 1)
    left = left + torch.tanh(right @ first[:2]) @ second[:, :2]
    right = right + torch.tanh(left @ first[:2]) @ second[:, :2]
    return torch.cat([left, right], 1)


SHORTCUTS: dict[str, tuple[Function, bool]] = {
    "in place": (in_place, True),
    "written into zeros": (written_into, True),
    "fused with the product": (lambda x, first, second: torch.addmm(x, torch.tanh(x @ first), second), True),
    "fused with a scale": (lambda x, u, v: torch.addcmul(x, torch.tanh(x @ u) @ v, x.new_full((4,), 0.1)), True),
    "subtracted": (lambda x, first, second: x - torch.tanh(x @ first) @ second, True),
    "another layout": (
        lambda x, u, v: (x.unflatten(1, (2, 2)).mT + (x @ u).relu().unflatten(1, (2, 2))).flatten(1),
        True,
    ),
    "attention": (attention, True),
    "projected": (lambda x, first, second: x @ first + torch.tanh(torch.tanh(x @ first) @ second) @ first, True),
    "blurred and projected": (
        lambda x, u, v: x @ torch.ones(4, 4, dtype=x.dtype).tril() @ u + torch.tanh(torch.tanh(x @ u) @ v) @ u,
        True,
    ),
    "a reversible block": (both, True),
    "no unit": (lambda x, first, second: x + x @ first @ second, False),
    "a normalisation that is linear": (lambda x, u, v: x + F.batch_norm(x @ u, x.new_zeros(4), x.new_ones(4)), False),
    "a product with constants": (lambda x, u, v: (x + torch.tanh(x) @ x.new_ones(4, 4)) @ u @ v, False),
    "no product": (lambda x, first, second: torch.tanh(x + torch.tanh(x)) @ first @ second, False),
    "concatenated": (lambda x, u, v: torch.cat([x, torch.tanh(x @ u) @ v], 1) @ torch.cat([u, v]), False),
    "two branches of one depth": (lambda x, u, v: x @ u + torch.tanh(x @ v), False),
    "a constant": (lambda x, first, second: torch.tanh(x @ first) @ second + first.sum(0), False),
    "a gate": (gated, False),
    "a gate by its shares": (highway, False),
    "a recurrence": (recurrent, False),
    "a mean over the features": (lambda x, u, v: x.mean(1, keepdim=True) + torch.tanh(x @ u) @ v, False),
    "energies": (lambda x, u, v: (x @ u[:, 0] + F.softplus(x @ u).sum(1))[:, None], False),
}
SHORTCUTS_MISSED: dict[str, tuple[Function, str]] = {
    "stacked": (lambda x, u, v: torch.stack([x, torch.tanh(x @ u) @ v]).sum(0), STACKED),
    "couplings": (coupled, CUT),
}

FILTERS: dict[str, tuple[Function, bool]] = {
    "depthwise": (lambda x, w: F.conv1d(x, w[:, :1], padding=1, groups=4), True),
    "two groups": (lambda x, w: F.conv1d(x, w[:, :2], padding=1, groups=2), True),
    "a mask": (lambda x, w: F.conv1d(x, w * torch.eye(4, dtype=x.dtype)[..., None], padding=1), True),
    "one row of a mask": (lambda x, w: F.conv1d(x, w * torch.ones(4, 4).tril()[..., None], padding=1), True),
    "transposed": (lambda x, w: F.conv_transpose1d(x, w[:, :1], padding=1, groups=4), True),
    "as an image": (lambda x, w: F.conv2d(x[:, :, None], w[:, :1, None], padding=(0, 1), groups=4)[:, :, 0], True),
    "full": (lambda x, w: F.conv1d(x, w, padding=1), False),
    "full and transposed": (lambda x, w: F.conv_transpose1d(x, w, padding=1), False),
    "groups of one position": (lambda x, w: F.conv1d(F.conv1d(x, w[:, :1, :1], groups=4), w, padding=1), False),
    "one channel": (lambda x, w: F.conv1d(x.mean(1, keepdim=True), w[:, :1], padding=1), False),
    "three of four": (lambda x, w: F.conv1d(x, w * (1 - torch.eye(4, dtype=x.dtype))[..., None], padding=1), False),
    "a dead unit": (lambda x, w: F.conv1d(x, w * torch.tensor([0, 1, 1, 1])[:, None, None], padding=1), False),
    "blurred by a fixed filter": (
        lambda x, w: F.conv1d(x, torch.ones(4, 1, 3, dtype=x.dtype), padding=1, groups=4),
        False,
    ),
    "an example each": (
        lambda x, w: F.conv1d(x.flatten(0, 1)[None], w.repeat(len(x), 1, 1), padding=1, groups=len(x)).view_as(x),
        False,
    ),
}
FILTERS_MISSED: dict[str, tuple[Function, str]] = {
    "by hand": (lambda x, w: sum(w[:, 0, k, None] * x.roll(k, 2) for k in range(3)), BY_HAND),
    "channel by channel": (
        lambda x, w: torch.cat([F.conv1d(x[:, c : c + 1], w[c : c + 1, :1]) for c in range(4)], 1),
        EACH,
    ),
}


def has(bias: str, module: Fixed, axes: Axes) -> bool:
    """Return what the probe says of a module; for the structure one draw is enough."""
    generator = seeded("structure", bias)
    error = BASE.biases[bias].load()(module, module.example_inputs(generator), axes, generator)
    assert error <= BASE.biases[bias].tolerance or error >= VIOLATION
    return error <= BASE.biases[bias].tolerance


def has_shortcut(function: Function) -> bool:
    generator = seeded("weights of layers")
    weights = [torch.randn(4, 4, generator=generator, dtype=torch.float64) for _ in range(2)]
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F")}, acting=("F",))
    return has("additive-shortcuts", Rows(function, weights, ("B", "F"), {"F": 4}), axes)


def has_sparse_filters(function: Function) -> bool:
    weights = [torch.randn(4, 4, 3, generator=seeded("weights of filters"), dtype=torch.float64)]
    axes = Axes(inputs={"x": ("B", "C", "L")}, outputs={"y": ("B", "C", "L")}, acting=("L",))
    return has("sparse-channel-connections", Signal(function, weights, ("B", "C", "L"), {"C": 4}), axes)


@pytest.mark.parametrize("name", SHORTCUTS)
def test_a_shortcut_is_a_sum_past_a_unit_and_a_product(name: str) -> None:
    function, truth = SHORTCUTS[name]
    assert has_shortcut(function) is truth


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_sparse_by_its_weights(name: str) -> None:
    function, truth = FILTERS[name]
    assert has_sparse_filters(function) is truth


@pytest.mark.parametrize("name", SHORTCUTS_MISSED)
def test_a_shortcut_that_is_missed_is_described(name: str) -> None:
    function, sentence = SHORTCUTS_MISSED[name]
    assert not has_shortcut(function)
    assert sentence in " ".join((BASE.biases["additive-shortcuts"].description or "").split())


@pytest.mark.parametrize("name", FILTERS_MISSED)
def test_a_sparse_filter_that_is_missed_is_described(name: str) -> None:
    function, sentence = FILTERS_MISSED[name]
    assert not has_sparse_filters(function)
    assert sentence in " ".join((BASE.biases["sparse-channel-connections"].description or "").split())


class Recurrent(nn.Module):
    """Returns its state, which has the axes of a state that it takes."""

    def forward(self, x: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        h = torch.tanh(x.mean(1) + (0 if h is None else h))
        return h.sum(1, keepdim=True), h


SHAPES: dict[str, tuple[Function, tuple[str, ...], bool]] = {
    "returned": (torch.tanh, ("B", "C", "L"), True),
    "as many features of another kind": (torch.tanh, ("B", "D", "L"), False),
    "at half of the positions": (lambda x: x[:, :, ::2], ("B", "C", "L"), False),
    "axes in another order": (lambda x: x.mT, ("B", "L", "C"), False),
    "without the positions": (lambda x: x.mean(2), ("B", "C"), False),
}


@pytest.mark.parametrize("name", SHAPES)
def test_an_output_is_in_the_input_space_by_its_axes_and_sizes(name: str) -> None:
    function, letters, truth = SHAPES[name]
    axes = Axes(inputs={"x": ("B", "C", "L")}, outputs={"y": letters}, acting=("C",))
    module = Signal(function, [], ("B", "C", "L"), {"C": 4})
    assert has("outputs-in-the-input-space", module, axes) is truth


def test_a_state_is_no_output_in_the_input_space() -> None:
    axes = Axes(
        inputs={"x": ("B", "T", "F"), "h": ("B", "F")}, outputs={"y": ("B", "G"), "h": ("B", "F")}, acting=("F",)
    )
    generator = seeded("state")
    inputs = {"x": torch.randn(2, 3, 4, generator=generator), "h": torch.randn(2, 4, generator=generator)}
    probe = BASE.biases["outputs-in-the-input-space"].load()
    assert probe(Recurrent(), inputs, axes, generator) == 1.0
    named = Axes(inputs=axes.inputs, outputs={"y": ("B", "G"), "other": ("B", "F")}, acting=("F",))
    assert probe(Recurrent(), {"x": inputs["x"], "h": inputs["h"]}, named, generator) == 0.0
