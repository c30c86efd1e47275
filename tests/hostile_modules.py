"""Modules that try to fool probes, each with what is true of it, and how a probe judges them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import torch
from bundled import BASE
from torch import Tensor, nn

from kb.evidence import VIOLATION
from kb.probes import Axes
from kb.verify.preparing import seeded

DRAWS = 2

Function = Callable[..., Tensor]


class Fixed(nn.Module):
    """A function of one tensor and some weights, on inputs whose sizes a caller may choose.

    Args:
        function: Maps an input, and weights if there are any, to an output.
        weights: The parameters.
        shape: The letters of the input.
        sizes: The sizes of those letters that a caller does not choose.
    """

    def __init__(
        self, function: Function, weights: list[Tensor], shape: tuple[str, ...], sizes: dict[str, int]
    ) -> None:
        super().__init__()
        self.function, self.shape, self.sizes = function, shape, sizes
        self.weights = nn.ParameterList(weights)

    def forward(self, x: Tensor) -> Tensor:
        """Apply the function."""
        return self.function(x, *self.weights)

    def inputs(self, generator: torch.Generator, sizes: dict[str, int]) -> dict[str, Tensor]:
        """Return standard normal numbers."""
        shape = [{**self.sizes, **sizes}[letter] for letter in self.shape]
        return {"x": torch.randn(shape, generator=generator, dtype=torch.float64)}


class Sequence(Fixed):
    """A function of sequences `[B, T, F]`."""

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random sequences."""
        return self.inputs(generator, {"B": B, "T": T})


class Signal(Fixed):
    """A function of signals `[B, C, L]`."""

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, L: int = 9) -> dict[str, Tensor]:
        """Return random signals."""
        return self.inputs(generator, {"B": B, "L": L})


class Image(Fixed):
    """A function of images `[B, C, H, W]`."""

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 7, W: int = 6) -> dict[str, Tensor]:
        """Return random images."""
        return self.inputs(generator, {"B": B, "H": H, "W": W})


class Rows(Fixed):
    """A function of rows of features `[B, F]`."""

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random rows."""
        return self.inputs(generator, {"B": B})


KINDS: dict[str, tuple[type[Fixed], tuple[str, ...], dict[str, int]]] = {
    "sequence": (Sequence, ("B", "T", "F"), {"F": 4}),
    "signal": (Signal, ("B", "C", "L"), {"C": 8}),
    "image": (Image, ("B", "C", "H", "W"), {"C": 2}),
    "rows": (Rows, ("B", "F"), {"F": 4}),
}


@dataclass(frozen=True)
class Hostile:
    """A module, and what is true of it.

    Args:
        bias: The bias that is in question.
        name: What the module does.
        holds: Whether it has the bias.
        kind: What it takes: `sequence`, `signal`, `image` or `rows`.
        acting: The letters that the bias acts on.
        output: The letters of its output.
        function: What it computes.
        shapes: The shapes of its weights, which are standard normal, divided by the root of their first size.
        limit: The sentence of the page of the bias which says that the probe errs here; empty if it does not.
    """

    bias: str
    name: str
    holds: bool
    kind: str
    acting: tuple[str, ...]
    output: tuple[str, ...]
    function: Function
    shapes: tuple[tuple[int, ...], ...] = field(default=())
    limit: str = ""

    def param(self) -> object:
        """Return this as a parameter of a test, which is expected to fail where the page says so."""
        marks = [pytest.mark.xfail(strict=True, reason=self.limit)] if self.limit else []
        return pytest.param(self, id=f"{self.bias}-{self.name}".replace(" ", "-"), marks=marks)

    def judged(self) -> str:
        """Return what the probe finds: `holds`, `lacks` or `unknown`."""
        cls, shape, sizes = KINDS[self.kind]
        axes = Axes(inputs={"x": shape}, outputs={"y": self.output}, acting=self.acting)
        bias, errors = BASE.biases[self.bias], []
        for draw in range(DRAWS):
            generator = seeded(self.bias, self.name, draw)
            weights = [
                torch.randn(shape, generator=generator, dtype=torch.float64) / shape[0] ** 0.5 for shape in self.shapes
            ]
            module = cls(self.function, weights, shape, sizes)
            errors.append(bias.load()(module, module.example_inputs(generator), axes, generator))
        if any(error >= VIOLATION for error in errors):
            return "lacks"
        decided = not any(map(math.isnan, errors)) and max(errors) <= bias.tolerance
        return "holds" if decided else "unknown"

    def limits(self) -> str:
        """Return the text of the page that has to say what the probe misses."""
        return " ".join(BASE.biases[self.bias].description.split())
