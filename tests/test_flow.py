"""The flow of data in small modules that may fool it: loops, borrowed weights, derivatives, writing in place."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.deep_linear_network import DeepLinearNetwork
from kb.pictures.flow import Flow, flow
from kb.pictures.levels import Levels
from kb.pictures.tracing import trace


def flow_of(module: nn.Module, **inputs: Tensor) -> Flow:
    return flow(trace(module.eval(), inputs, ["y", "z"]))


def names(found: Flow) -> list[str]:
    return [key.name for key, node in found.nodes.items() if node.kind == "op"]


def arrows(found: Flow) -> set[tuple[str, str, bool]]:
    return {(edge.start.name, edge.end.name, edge.recurrent) for edge in found.edges}


class Looped(nn.Module):
    """A loop over time, whose number of rounds is data."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        while x.abs().max() > 1e-3:
            x = torch.tanh(self.layer(x)) / 4
        return x


class Layered(nn.Module):
    """A loop over layers, with a sum in the loop that is no recurrence."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(2, 2) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = x + layer(x)
        return x


class InPlace(nn.Module):
    """Results that are written into others."""

    def forward(self, x: Tensor, m: Tensor) -> Tensor:
        held = torch.zeros_like(x)
        held[:, 0] = m.exp()
        held.add_(x)
        return held


class Borrowing(nn.Module):
    """A module of which only the weights are used."""

    def __init__(self) -> None:
        super().__init__()
        self.lent = nn.Linear(2, 2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return torch.addmm(x.sin(), x, self.lent.weight.T)


class Twice(nn.Module):
    """One module at two places, and a result that nothing uses."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        x.cos().sum()
        return torch.relu(self.layer(x)) * self.layer(x.sin())


class Sloped(nn.Module):
    """Its output is a derivative, which the backward pass computes."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.func.grad(lambda inner: inner.sin().sum())(x).neg()


class Generating(nn.Module):
    """A layer of an entry makes the weights from a parameter, without looking at the data."""

    def __init__(self) -> None:
        super().__init__()
        self.codes, self.generator = (
            nn.Parameter(torch.ones(1, 2)),
            DeepLinearNetwork(in_features=2, hidden=[3], out_features=2),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x * self.generator(self.codes)


X = torch.tensor([[0.3, -0.2], [0.5, 0.1]])


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        pytest.param(
            Looped,
            {
                ("in:x", "linear", False), ("div", "linear", True), ("linear", "tanh", False), ("tanh", "div", False),
                ("div", "out:y", False),
            },
            id="a loop of unknown length",
        ),
        pytest.param(
            Borrowing,
            {
                ("in:x", "sin", False), ("in:x", "matmul", False), ("sin", "add", False), ("matmul", "add", False),
                ("add", "out:y", False),
            },
            id="weights of a module that is not called",
        ),
        pytest.param(
            Sloped,
            {
                ("in:x", "sin", False), ("sin", "sum", False), ("sum", "derivative", False),
                ("in:x", "derivative", False), ("derivative", "neg", False), ("neg", "out:y", False),
            },
            id="a derivative",
        ),
        pytest.param(
            Generating,
            {
                ("weight:codes", "linear", False), ("linear", "linear", False), ("linear", "mul", False),
                ("in:x", "mul", False), ("mul", "out:y", False),
            },
            id="weights that another network makes",
        ),
    ],
)  # fmt: skip
def test_arrows_of_small_modules(make: Callable[[], nn.Module], expected: set[tuple[str, str, bool]]) -> None:
    assert arrows(flow_of(make(), x=X)) == expected


def test_a_loop_over_layers_is_a_row_of_boxes_and_no_recurrence() -> None:
    found = flow_of(Layered(), x=X)
    assert names(found) == ["linear", "add"] * 3
    assert not any(edge.recurrent for edge in found.edges)


def test_what_is_written_in_place_is_used() -> None:
    found = flow_of(InPlace(), x=X, m=torch.ones(2))
    assert arrows(found) >= {
        ("in:m", "exp", False),
        ("exp", "add", False),
        ("in:x", "add", False),
        ("add", "out:y", False),
    }


def test_one_module_at_two_places_is_two_boxes_and_what_nothing_uses_is_none() -> None:
    found = flow_of(Twice(), x=X)
    assert sorted(names(found)) == ["linear", "linear", "mul", "relu", "sin"]


class Repeated(nn.Module):
    """Calls of several kinds of instructions, of which the interpreter makes others when it has run them often."""

    def forward(self, x: Tensor) -> Tensor:
        return sum(part.to(x.dtype) for part in x.new_zeros(x.shape).index_copy(1, torch.arange(2), x).chunk(2, 1))


def test_a_call_is_at_the_same_place_however_often_it_was_made() -> None:
    module = Repeated()
    first = flow_of(module, x=X)
    for _ in range(100):
        module(X)
    assert flow_of(module, x=X).edges.keys() == first.edges.keys()


def test_equal_layers_are_folded_and_others_are_not() -> None:
    equal = nn.Sequential(*(nn.Sequential(nn.Linear(2, 2), nn.ReLU()) for _ in range(4)))
    scene = Levels(trace(equal, {"input": X}, ["y"])).scenes()[0]
    assert [item.times for item in scene.items] == [4]
    other = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 3), nn.ReLU())
    scene = Levels(trace(other, {"input": X}, ["y"])).scenes()[0]
    assert [item.times for item in scene.items] == [1] * 4


class Loops(nn.Module):
    """Two loops of which neither depends on the other, or of which the second goes on from the first."""

    def __init__(self, apart: bool) -> None:
        super().__init__()
        self.first, self.second, self.apart = nn.RNNCell(2, 2), nn.GRUCell(2, 2), apart

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        first = second = torch.zeros_like(x)
        for _ in range(4):
            first = self.first(x, first)
            second = self.second(x if self.apart else first, second)
        return first, second


@pytest.mark.parametrize(("apart", "frames"), [(True, 2), (False, 1)])
def test_loops_share_a_frame_if_they_touch(apart: bool, frames: int) -> None:
    scene = Levels(trace(Loops(apart).eval(), {"x": X}, ["y", "z"])).scenes()[0]
    assert len([item for item in scene.items if item.loop]) == frames, [item.rounds for item in scene.items]
