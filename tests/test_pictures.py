"""Pictures: what is derived from a module is what it does, and what is drawn is what was derived."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
import torch
from bundled import BASE

from kb.evidence.record import Arrow, Box, Frame, Picture
from kb.pictures.axes import Letters
from kb.pictures.drawing import Drawing
from kb.pictures.flow import flow
from kb.pictures.levels import MOST
from kb.pictures.naming import Namer
from kb.pictures.tracing import trace
from kb.verify.preparing import flatten, prepare, seeded, to_float64

NAMER = Namer(BASE)
DRAWN = Path(__file__).with_name("picture.svg")


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


# What boxes and sizes are called


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
