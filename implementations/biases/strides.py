"""Strides: sizes that give outputs with a stride enough positions, and when no size that can be run does."""

from kb.probes import Axes

COARSEST = 8
"""Largest stride of an output that probes of reach decide about: beyond it, sizes that can be run give few outputs."""


def too_coarse(axes: Axes) -> bool:
    """Return whether an output has so large a stride that near and far positions cannot be distinguished."""
    return any(axes.strides.get(letter, 1) > COARSEST for letter in axes.acting)


def stretched(size: int, axes: Axes, letter: str) -> int:
    """Return a size that gives an output with a stride enough positions: twice as large for one of eight.

    Example:
        >>> axes = Axes(inputs={"x": ("L",)}, outputs={"y": ("L",)}, acting=("L",), strides={"L": 8})
        >>> stretched(96, axes, "L")
        192
    """
    return size * max(1, axes.strides.get(letter, 1) // 4)
