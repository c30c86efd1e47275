"""Signatures: read from annotations as syntax, with what the entry adds."""

from __future__ import annotations

from pathlib import Path

import pytest
from bundled import BASE
from pydantic import TypeAdapter, ValidationError

from kb import annotated
from kb.links import SourceError
from kb.schema.fields import Axis

HEAD = """from typing import NamedTuple
from jaxtyping import Float, Int
from torch import Tensor, nn

class Both(NamedTuple):
    y: Float[Tensor, "B K"]
    h: Int[Tensor, " B"]

class Base(nn.Module):
    def __init__(self) -> None:
        self.encoder = Inner()

"""
LINK = "implementations.net:Net"


def write(root: Path, text: str) -> Path:
    file = root / "implementations" / "net.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(HEAD + text)
    return root


def read(root: Path, text: str, link: str = LINK) -> annotated.Annotations:
    return annotated.read(write(root, text), link)


def test_all_that_annotations_can_say(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "class Net(Base):\n"
        '    def forward(self, x: Float[Tensor, "B 2 *space"], h: Float[Tensor, "B heads"] | None = None,'
        ' graphs: int | None = None) -> Float[Tensor, "B K"] | Both: ...\n',
    )
    assert found.inputs == {
        "x": annotated.Argument(("B", 2, "*space")),
        "h": annotated.Argument(("B", "heads"), optional=True),
    }, "a plain number is a size, and no input"
    assert found.returns == ({"y": ("B", "K")}, {"y": ("B", "K"), "h": ("B",)})


def test_a_method_of_a_base_class_counts(tmp_path: Path) -> None:
    text = (
        'class Other(nn.Module):\n    def forward(self, x: Float[Tensor, "B F"]) -> Both: ...\nclass Net(Other): ...\n'
    )
    assert list(read(tmp_path, text).inputs) == ["x"]


def test_classes_are_followed_into_other_modules(tmp_path: Path) -> None:
    (tmp_path / "implementations").mkdir()
    (tmp_path / "implementations" / "other.py").write_text(
        'class Pair(NamedTuple):\n    a: Float[Tensor, "B F"]\n    b: Float[Tensor, "B G"]\n'
    )
    text = "from implementations.other import Pair as Two\nclass Net(Base):\n"
    text += '    def forward(self, x: Float[Tensor, "B F"]) -> Two: ...\n'
    assert read(tmp_path, text).returns == ({"a": ("B", "F"), "b": ("B", "G")},)


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        ("x) -> Both", "shape of 'x'"),
        ("x: Tensor) -> Both", "shape of 'x'"),
        ('x: Float[Tensor, "B F"])', "does not annotate what `forward` returns"),
        ('x: Float[Tensor, "B F"]) -> Tensor', "uses torch, which is no file"),
        ('x: Float[Tensor, "B F"]) -> tuple[Tensor, Tensor]', "shape of what `forward` returns"),
        ('x: Float[Tensor, "B F-1"]) -> Both', "an axis 'F-1'"),
        ('x: Float[Tensor, "B ..."]) -> Both', "an axis '...'"),
        ('x: Float[Tensor, "B F"] | Int[Tensor, "B"]) -> Both', "shape of 'x'"),
    ],
)
def test_what_says_no_shape_is_named(tmp_path: Path, forward: str, words: str) -> None:
    with pytest.raises(SourceError) as error:
        read(tmp_path, f"class Net(Base):\n    def forward(self, {forward}: ...\n")
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("class Net: ...\n", "defines no `forward` in Net"),
        ("class Nets: ...\n", "uses 'Net', of which it defines no class"),
        ("class Net(Net): ...\n", "defines no `forward`"),
        ("from implementations.net import Net\n", "uses 'Net', of which it defines no class"),
        ("from implementations.gone import Net\n", "uses implementations.gone, which is no file"),
        ("from torch import Net\n", "uses torch, which is no file"),
    ],
)
def test_code_that_leads_nowhere_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SourceError) as error:
        read(tmp_path, text)
    assert words in str(error.value)


def test_the_class_of_an_attribute_is_read_from_the_constructor(tmp_path: Path) -> None:
    root = write(tmp_path, "class Inner: ...\n")
    assert annotated.class_of_attribute(root, "implementations.net:Base", "encoder") == "implementations.net:Inner"
    with pytest.raises(SourceError, match=r"sets no `self\.decoder`"):
        annotated.class_of_attribute(root, "implementations.net:Base", "decoder")


def test_notes_of_a_variant_stand_in_for_those_of_its_entry() -> None:
    network = BASE.architectures["convolutional-network"]
    assert str(network.signature_of().outputs["y"]) == "[B, D, H, W]"
    assert str(network.signature_of("strided").outputs["y"]) == "[B, D, H/2, W/2]"
    assert str(network.signature_of("one-dimensional").inputs["x"]) == "[B, C, L]"
    assert str(network.signature_of("pooled").outputs["y"]) == "[B, K]"
    assert list(BASE.architectures["transformer"].signature_of().inputs) == ["x"]
    assert list(BASE.architectures["transformer"].signature_of("encoder-decoder").inputs) == ["x", "source"]


@pytest.mark.parametrize(("axis", "valid"), [("H/2", 1), ("H/9", 1), ("H/10", 1), ("H/16", 1), ("H/32", 1),
                                             ("H/1", 0), ("H/0", 0), ("H/02", 0), ("H/", 0)])  # fmt: skip
def test_a_stride_is_any_number_from_2_on(axis: str, valid: bool) -> None:
    if valid:
        assert TypeAdapter(Axis).validate_python(axis) == axis
    else:
        with pytest.raises(ValidationError):
            TypeAdapter(Axis).validate_python(axis)


def test_a_letter_means_what_its_entry_says() -> None:
    assert BASE.axis_of("k-nearest-neighbours", "M").name == "stored examples"
    assert BASE.axis_of("neural-turing-machine", "M").name == "slots of a memory"
    assert BASE.axis_of("gated-transformer-xl", "layers").role == "layer"
    assert BASE.axis_of("lstm", "nothing") is None
