"""Probe for bidirectional context: an output depends on what comes before it and on what comes after it.

Definition: for some input there are positions q < p < r such that the output at p depends on the inputs at q and at r.
Derivatives are taken by numbers; symbols are replaced one at a time. Inputs are
ordinary, large and small; the first that shows both decides. The error is the share of the two directions on
which the output that depends on most directions does not depend: 0, 1/2 or 1.

Source: Schuster & Paliwal 1997 (schuster1997bidirectional).
"""

import torch
from torch import Tensor, nn

from implementations.biases.dependence import SCALES, dependences, spread
from implementations.biases.resizing import sizes_taken
from kb.probes import Axes, Error

SIZE, POSITIONS = 32, 9


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the share of directions that is missing along the worst axis; NaN (undecided) where a size is fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return float("nan")
    return max(_missing(module, axes, letter, generator) for letter in axes.acting)


def _missing(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> Error:
    """Return the share of directions that is missing for the output that depends on most."""
    seen: dict[int, set[bool]] = {0: set()}
    for scale in SCALES:
        found = dependences(module, axes, letter, SIZE, generator, spread(POSITIONS), scale)
        for output, source in found.pairs:
            here = axes.strides.get(letter, 1) * output
            if source != here:
                seen.setdefault(output, set()).add(source > here)
        if any(len(directions) == 2 for directions in seen.values()):
            break
    best = max(seen, key=lambda output: len(seen[output]))
    directions = ["later" if later else "earlier" for later in sorted(seen[best])]
    return Error(1 - len(directions) / 2, axis=letter, size=SIZE, output=best, depends_on=" and ".join(directions))


class Accumulator(nn.Module):
    """Recurrent pass over a sequence, to which `both_ways` adds one from the end to the start."""

    def __init__(self, generator: torch.Generator, both_ways: bool) -> None:
        super().__init__()
        self.both_ways = both_ways
        self.weight = nn.Parameter(torch.randn(3, 3, generator=generator, dtype=torch.float64) / 2)

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, F]`."""
        states = self._run(x)
        return states + self._run(x.flip(1)).flip(1) if self.both_ways else states

    def _run(self, x: Tensor) -> Tensor:
        h, states = torch.zeros_like(x[:, 0]), []
        for step in x.unbind(1):
            h = torch.tanh(h @ self.weight + step)
            states.append(h)
        return torch.stack(states, 1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 3, generator=generator, dtype=torch.float64)}


def _case(both_ways: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Accumulator(generator, both_ways)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the sum of two recurrent passes, one in each direction."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a recurrent pass in one direction."""
    return _case(False, generator)
