"""Pictures: what is derived from a module is what it does, and what is drawn is what was derived."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
import torch
from bundled import BASE
from torch import Tensor, nn

from implementations.architectures.feedforward.deep_linear_network import DeepLinearNetwork
from kb.evidence.record import Arrow, Box, Frame, Picture
from kb.pictures.axes import Letters
from kb.pictures.drawing import Drawing
from kb.pictures.flow import Flow, flow
from kb.pictures.levels import MOST, Levels
from kb.pictures.naming import Namer
from kb.pictures.tracing import trace
from kb.verify.preparing import flatten, prepare, seeded, to_float64

NAMER = Namer(BASE)
DRAWN = Path(__file__).with_name("picture.svg")


def flow_of(module: nn.Module, **inputs: Tensor) -> Flow:
    return flow(trace(module.eval(), inputs, ["y", "z"]))


def names(found: Flow) -> list[str]:
    return [key.name for key, node in found.nodes.items() if node.kind == "op"]


def arrows(found: Flow) -> set[tuple[str, str, bool]]:
    return {(edge.start.name, edge.end.name, edge.recurrent) for edge in found.edges}


def reachable(found: Flow) -> nx.DiGraph:
    return nx.transitive_closure(nx.DiGraph((edge.start, edge.end) for edge in found.edges))


# Of every architecture


@pytest.mark.parametrize("drawn", BASE.architectures)
def test_what_outputs_depend_on_is_in_the_picture_and_nothing_else(drawn: str) -> None:
    """By gradients: of inputs, whether a path leads to the outputs; of weights, whether a box has them."""
    entry = BASE[drawn]
    module = prepare(entry.build(entry.canonical), seeded("picture", drawn))
    inputs = to_float64(module.example_inputs(seeded(drawn)))
    found = flow(trace(module, inputs, list(entry.signature_of(entry.canonical).outputs)))
    wanting = {n: x.clone().requires_grad_() if x.is_floating_point() else x for n, x in inputs.items()}
    outputs = [y for y in flatten(module(**wanting)) if y.requires_grad]
    total = sum((y.tanh() * torch.randn(y.shape, generator=seeded("y"), dtype=y.dtype)).sum() for y in outputs)
    if outputs:
        total.backward()
    starts = {edge.start.name for edge in found.edges}
    for name, value in wanting.items():
        if value.is_floating_point() and value.grad is not None and value.grad.abs().sum() > 0:
            assert f"in:{name}" in starts, name
    shown = {weight for node in found.nodes.values() for weight in node.weights}
    shown |= {key.name.removeprefix("weight:") for key in found.nodes if key.name.startswith("weight:")}
    used = {n for n, p in module.named_parameters() if p.grad is not None and p.grad.abs().sum() > 0}
    assert used <= shown
    frozen = {name for name, buffer in module.named_buffers()} | {
        n for n, p in module.named_parameters() if p.grad is None
    }
    assert shown <= {n for n, p in module.named_parameters()} | frozen


@pytest.mark.parametrize("drawn", BASE.architectures)
def test_pictures_are_recorded_and_of_a_readable_size(drawn: str) -> None:
    record = BASE.evidence[drawn]
    assert [picture.level for picture in record.pictures] == list(range(1, len(record.pictures) + 1))
    for picture in record.pictures:
        assert 3 <= len(picture.boxes) <= 2 * MOST
        assert {arrow.start for arrow in picture.arrows} | {arrow.end for arrow in picture.arrows} == set(
            range(len(picture.boxes))
        )
        svg = Drawing(picture, NAMER, lambda other: f"../{other}/", "p", "a title").file()
        root = ElementTree.fromstring(svg)
        ids = [element.get("id") for element in root.iter() if element.get("id")]
        assert len(ids) == len(set(ids))
        assert len(re.findall(r'<path class="arrow', svg)) >= len(picture.arrows) - len(picture.boxes)


def test_the_cell_of_the_lstm_is_that_of_the_textbook() -> None:
    (picture,) = BASE.evidence["lstm"].pictures
    called = [(box.what.rpartition(":")[2], box.role) for box in picture.boxes]
    short = {
        ("Linear", "input"): "Wx", ("Linear", "recurrent"): "Wh", ("PeepholeConnection", "input"): "pi",
        ("PeepholeConnection", "forget"): "pf", ("PeepholeConnection", "output"): "po",
    }  # fmt: skip
    words = [short.get(pair, f"{pair[0]}{number}") for number, pair in enumerate(called)]
    inner = nx.DiGraph((words[a.start], words[a.end]) for a in picture.arrows if not a.back)
    gates = {a.name: words[a.end] for a in picture.arrows if a.name}
    assert set(gates) == {"i", "f", "g", "o"}
    (cell,) = [word for word in inner if word.startswith("add") and {f"c{n}" for n in range(30)} & set(inner[word])]
    kept, added = sorted(
        inner.predecessors(cell), key=lambda word: not any(w.startswith("c") for w in inner.predecessors(word))
    )
    assert nx.has_path(inner, gates["f"], kept)
    assert {nx.has_path(inner, gates[name], added) for name in ("i", "g")} == {True}
    assert not nx.has_path(inner, gates["o"], cell)
    assert set(inner.predecessors("po")) == {cell}  # the output gate sees the new cell, the others the old one
    assert all(word.startswith("c") for gate in ("pi", "pf") for word in inner.predecessors(gate))
    back = {(picture.boxes[a.start].what, picture.boxes[a.end].what) for a in picture.arrows if a.back}
    assert back == {("out:h", "in:h"), ("out:c", "in:c")}


def test_the_transformer_has_two_stacks_and_three_attentions() -> None:
    picture = BASE.evidence["transformer"].pictures[0]
    assert [(frame.role, frame.times) for frame in picture.frames] == [("encoder", "layers"), ("decoder", "layers")]
    attentions = [(box.role, box.frame, box.detail) for box in picture.boxes if box.what.endswith("MultiHeadAttention")]
    assert attentions == [
        ("self attention", 0, ""), ("self attention", 1, "causal"), ("cross attention", 1, "")
    ]  # fmt: skip
    crossing = [a for a in picture.arrows if picture.boxes[a.start].frame == 0 and picture.boxes[a.end].frame == 1]
    assert [(picture.boxes[a.end].role, a.shape) for a in crossing] == [("cross attention", "B, S, D")]


# Of small modules that may fool it


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


def test_a_whole_architecture_inside_another_has_its_title() -> None:
    assert NAMER.class_words("implementations.architectures.convolutional.resnet:ResNet") == "Residual network"


def test_what_interpolates_is_what_pictures_call_it() -> None:
    """A picture knows the function, and not its mode."""
    folder = Path(__file__).parent.parent / "implementations"
    files = [file for part in ("architectures", "concepts") for file in (folder / part).rglob("*.py")]
    calls = re.findall(r"F\.interpolate\(.*", "\n".join(file.read_text(encoding="utf-8") for file in files))
    assert calls
    assert all('mode="bilinear"' in call for call in calls), calls


def test_a_sequence_of_sequences_is_a_block() -> None:
    """`Sequential` is a word of the code, and says nothing of what is in it."""
    sequence = "torch.nn.modules.container:Sequential"
    assert NAMER.label(Box(what=sequence, holds=[sequence])).text == "Block"
    pictures = [m for lines in BASE.measured.values() for m in lines.measurements.values() if isinstance(m, Picture)]
    assert "Sequential" not in {NAMER.label(box).text for picture in pictures for box in picture.boxes}


def test_sizes_are_the_simplest_expressions_that_agree_with_all_runs() -> None:
    letters = Letters({"T": (5, 7, 5), "U": (6, 6, 18), "H": (32, 64, 32)})
    assert [letters.named(values) for values in ((5, 7, 5), (24, 24, 72), (6, 8, 6), (16, 32, 16), (4, 4, 4))] == [
        "T", "4U", "T+1", "H/2", "4"
    ]  # fmt: skip
    assert letters.named((1, 100, 3)) == "…"
    assert letters.named((2, 1, 2)) == "…", "one or two pixels could be any part of H"
    assert letters.shape([(5, 6), (7, 6), (5, 18)]) == "T, U"


# What is drawn


def picture(**more: object) -> Picture:
    boxes = [
        Box(what="in:<x>"),
        Box(what="torch.nn.modules.linear:Linear", frame=0),
        Box(what="op:add"),
        Box(what="out:y"),
    ]
    lines = [
        Arrow(start=0, end=1, shape="B, <T>", name='"'),
        Arrow(start=1, end=2),
        Arrow(start=0, end=2),
        Arrow(start=2, end=3),
    ]
    return Picture(
        digest="", level=1, what="m:C", boxes=boxes, frames=[Frame(what="m:My<Frame>")], arrows=lines, **more
    )


def test_texts_of_pictures_are_escaped_and_boxes_are_links() -> None:
    svg = Drawing(picture(), NAMER, lambda other: f"../{other}/", "p", "a <title>").file()
    root = ElementTree.fromstring(svg)
    links = root.findall(".//{http://www.w3.org/2000/svg}a")
    assert [(link.get("href"), link.get("aria-label")) for link in links] == [("../linear-layer/", "Linear layer")]
    assert "<x>" not in svg
    assert "<T>" not in svg


def round_and_round() -> str:
    """The picture of a loop: two states leave it at the end and come back around all boxes."""
    boxes = [
        Box(what="in:x"),
        Box(what="in:h"),
        Box(what="torch.nn.modules.linear:Linear", times="N"),
        Box(what="op:add"),
    ]
    boxes += [Box(what="out:y"), Box(what="out:h")]
    lines = [Arrow(start=0, end=2, shape="B, D"), Arrow(start=1, end=2), Arrow(start=2, end=3, index=True)]
    lines += [Arrow(start=3, end=4), Arrow(start=3, end=5), Arrow(start=5, end=1, back=True, name="h")]
    lines += [Arrow(start=4, end=0, back=True), Arrow(start=3, end=2, back=True, name="c")]
    drawn = Picture(digest="", level=1, what="m:C", boxes=boxes, arrows=lines)
    return Drawing(drawn, NAMER, None, "p", "title").file().replace("><", ">\n<")


def test_a_picture_is_drawn_as_it_was_when_somebody_looked_at_it() -> None:
    """After a change that is meant, write `picture.svg` again and look: `python tests/test_pictures.py`."""
    assert round_and_round() == DRAWN.read_text(encoding="utf-8")


def test_the_list_says_what_the_picture_shows() -> None:
    drawing = Drawing(picture(), NAMER, None, "p", "title")
    listed = [(start, end.partition(":")[0]) for start, ends in drawing.wording.listed() for end in ends]
    assert listed == [
        ("input <x>", "Linear layer"), ("input <x>", "+"), ("Linear layer", "+"), ("+", "output y")
    ]  # fmt: skip


def test_diagram_of_a_notebook_is_a_whole_file() -> None:
    drawn = BASE.diagram("lstm")
    ElementTree.fromstring(drawn._repr_svg_())
    assert "prefers-color-scheme: dark" in drawn.svg
    with pytest.raises(KeyError, match="no picture of lstm at level '3'"):
        BASE.diagram("lstm", 3)


if __name__ == "__main__":
    DRAWN.write_text(round_and_round(), encoding="utf-8")
