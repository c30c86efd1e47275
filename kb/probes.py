"""What a probe is given, and what it may return.

A probe acts on axes, not on architectures: `Axes` names the dimensions of which tensors it may shift, permute or
differentiate, so the same function serves every module whose signature has such an axis. It returns a number, or an
`Error`: a number that also says where it was found.

Code of a knowledge base imports this, `kb.guards` and `kb.training`, and nothing else of the library. This needs no
torch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Axes:
    """The letters of every tensor, and the letters that the bias acts on.

    Args:
        inputs: Letters of each input of `forward`, outermost first; `""` for a fixed size.
        outputs: Letters of each output, in the order in which `forward` returns them.
        acting: The letters that the bias acts on, such as `("H", "W")`.
        indexes: For integer inputs that point into an axis: the letter they point into.
        strides: For an output axis that is `1/k` of the input's: its letter and `k`.

    Example:
        >>> axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "G")}, acting=("T",))
        >>> axes.dims("x")
        (1,)
    """

    inputs: Mapping[str, tuple[str, ...]]
    outputs: Mapping[str, tuple[str, ...]]
    acting: tuple[str, ...]
    indexes: Mapping[str, str] = field(default_factory=dict)
    strides: Mapping[str, int] = field(default_factory=dict)

    def dims(self, name: str) -> tuple[int, ...]:
        """Return the dimensions of the named input or output that the bias acts on."""
        letters = self.inputs[name] if name in self.inputs else self.outputs[name]
        return tuple(dim for dim, letter in enumerate(letters) if letter in self.acting)

    def named_outputs(self, result: Tensor | tuple[Tensor, ...]) -> dict[str, Tensor]:
        """Return what `forward` gave back as a dictionary from output name to tensor."""
        values = result if isinstance(result, tuple) else (result,)
        return dict(zip(self.outputs, values, strict=True))


class Error(float):
    """An error with its place, so that a reader can look at it. `max` of several keeps the place of the largest.

    Examples:
        >>> worst = max(Error(0.1, output="y").at(shift=1), Error(0.3, output="y").at(shift=2))
        >>> float(worst), worst.place
        (0.3, {'output': 'y', 'shift': 2})
    """

    place: dict[str, str | int | list[int]]

    def __new__(cls, value: float, **place: str | int | list[int]) -> Error:
        """Make an error of a number and a place."""
        error = super().__new__(cls, value)
        error.place = place
        return error

    def at(self, **place: str | int | list[int]) -> Error:
        """Return the same error with more said about its place."""
        return Error(self, **self.place, **place)
