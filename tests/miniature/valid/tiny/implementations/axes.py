"""The axes of a module's inputs and outputs, as probes see them.

A probe acts on axes, not on architectures: `Axes` tells it which dimensions of which tensors it may shift,
permute or differentiate, so the same function serves every module whose signature has such an axis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True)
class Axes:
    """The letters of every tensor, and the letters that the bias speaks about.

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
        values = (result,) if isinstance(result, Tensor) else tuple(result)
        return dict(zip(self.outputs, values, strict=True))
