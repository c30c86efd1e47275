"""Signatures: the axes of the inputs and outputs of `forward`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from pydantic import Field, Tag

from kb.annotated import Annotations
from kb.schema.fields import Axis, AxisName, PythonName, by_type
from kb.schema.frozen import Frozen, Many
from kb.schema.model import Model

Places = Annotated[
    Annotated[Axis, Tag("str")] | Annotated[Many[Axis], Tag("list")], by_type("an axis or a list of axes")
]


class SignatureNotes(Model):
    """What the annotations of `forward` cannot say. Those of a variant stand in for those of its entry, one by one."""

    indexes: Frozen[PythonName, AxisName] = Field(
        default_factory=Frozen, description="Inputs whose integers point into an axis, such as {edge_index: N}."
    )
    where: Frozen[AxisName, Places] = Field(
        default_factory=Frozen,
        description="What an axis of the annotations is: several axes for `*space`, `H/2` for a stride, or `H/2-3` "
        "where three positions are lost at the border.",
    )
    without: Many[PythonName] = Field(default_factory=tuple, description="Optional inputs that it does not take.")
    returns: int = Field(
        default=1, ge=1, le=9, description="Which alternative of the return annotation it is, counted from 1."
    )

    def overlaid(self, other: SignatureNotes | None) -> SignatureNotes:
        """Return these notes with those that another one gives in their place."""
        if other is None:
            return self
        return self.model_copy(update={name: getattr(other, name) for name in other.model_fields_set})


class Extent(NamedTuple):
    """How long an axis is: the size of another one, divided by a stride and rounded either way, without a border."""

    letter: str
    stride: int = 1
    border: int = 0

    def allows(self, whole: int, size: int) -> bool:
        """Whether the axis may be of a size where the other one is of the size `whole`.

        Examples:
            >>> [size for size in range(9) if extent("H/4-3").allows(30, size)]
            [4, 5]
        """
        return size + self.border in (whole // self.stride, -(-whole // self.stride))


def extent(axis: str) -> Extent:
    """Return what an axis of a signature says of its size.

    Examples:
        >>> extent("H/4-3"), extent("T")
        (Extent(letter='H', stride=4, border=3), Extent(letter='T', stride=1, border=0))
    """
    rest, _, border = axis.partition("-")
    letter, _, stride = rest.partition("/")
    return Extent(letter, int(stride or 1), int(border or 0))


@dataclass(frozen=True)
class Shape:
    """The axes of a tensor, outermost first: names, fixed sizes, `H/2` for a stride, or `H/2-3` without a border.

    Args:
        shape: The axes.
        indexes: The axis that its integers point into.
        optional: Whether it can be left out.
    """

    shape: tuple[str | int, ...]
    indexes: str | None = None
    optional: bool = False

    @property
    def letters(self) -> tuple[str, ...]:
        """One name an axis, without strides; `""` for a fixed size."""
        return tuple(extent(axis).letter if isinstance(axis, str) else "" for axis in self.shape)

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.shape))}]"


@dataclass(frozen=True)
class Signature:
    """Named inputs and outputs of `forward`, in order.

    Examples:
        >>> import kb
        >>> print(kb.load()["lstm"].signature_of().inputs["x"])
        [B, T, F]
    """

    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape]

    @property
    def letters(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The axes of all inputs, and of all outputs, each once."""
        inside = [letter for shape in self.inputs.values() for letter in shape.letters]
        outside = [letter for shape in self.outputs.values() for letter in shape.letters]
        return tuple(dict.fromkeys(inside)), tuple(dict.fromkeys(outside))

    @property
    def named(self) -> tuple[str, ...]:
        """Every axis that has a name, inputs first."""
        inside, outside = self.letters
        return tuple(letter for letter in dict.fromkeys((*inside, *outside)) if letter)

    @property
    def states(self) -> tuple[str, ...]:
        """What is taken and returned: the optional inputs that are also outputs, of the same shape."""
        return tuple(
            name
            for name, shape in self.inputs.items()
            if shape.optional and name in self.outputs and shape.letters == self.outputs[name].letters
        )

    @property
    def carries_state(self) -> bool:
        """Whether a state is taken and returned."""
        return bool(self.states)

    def as_dict(self) -> dict[str, Any]:
        """Return inputs and outputs as JSON-ready dictionaries."""
        return {
            side: {
                name: {"shape": list(s.shape), "indexes": s.indexes, "optional": s.optional}
                for name, s in named.items()
            }
            for side, named in (("inputs", self.inputs), ("outputs", self.outputs))
        }


def signature(annotations: Annotations, notes: SignatureNotes) -> Signature:
    """Return the signature that annotations and notes give together.

    Notes on what is not there are without effect; a rule reports them.
    """
    returns = annotations.returns[min(notes.returns, len(annotations.returns)) - 1]
    return Signature(
        inputs={
            name: Shape(tuple(_placed(argument.axes, notes)), notes.indexes.get(name), argument.optional)
            for name, argument in annotations.inputs.items()
            if name not in notes.without
        },
        outputs={name: Shape(tuple(_placed(axes, notes))) for name, axes in returns.items()},
    )


def _placed(axes: tuple[str | int, ...], notes: SignatureNotes) -> Iterator[str | int]:
    """Yield axes with those that the notes explain in their place."""
    for axis in axes:
        place = notes.where.get(axis.removeprefix("*"), axis) if isinstance(axis, str) else axis
        yield from place if isinstance(place, tuple) else (place,)
