"""Probe of locality: an output depends only on inputs within a fixed distance.

Source: LeCun et al. 1989 (lecun1989backpropagation) for local receptive fields; the lecture's L653.

Method: make the axis long (nodes are joined to a path, so that distances are known) and replace all inputs that are far
from the first position. The error is the share of draws in which its output changes at all: a dependence that decays
with distance is still a dependence.
"""

import torch
from torch import Generator, Tensor, nn

from implementations.axes import Axes
from implementations.biases.acting import example_of_size, outputs_of, replaced

SIZE, RADIUS, DRAWS, ROUNDING = 48, 16, 3, 1e-14


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: Generator) -> float:
    """Return the share of draws in which the first output depends on inputs more than `RADIUS` away."""
    shares = []
    for letter in axes.acting:
        dependent = 0
        for _ in range(DRAWS):
            wide = example_of_size(module, axes, letter, SIZE, generator)
            if wide is None:
                return 1.0  # its size is fixed, so that there is no radius to speak of
            # On a ring the last positions are next to the first; what lies between is far either way round.
            far = torch.arange(RADIUS + 1, SIZE - RADIUS)
            far = torch.arange(RADIUS + 1, SIZE) if letter in axes.indexes.values() else far
            after = outputs_of(module, replaced(wide, axes, letter, far, generator), axes)
            dependent += _differs(outputs_of(module, wide, axes), after, axes, letter)
        shares.append(dependent / DRAWS)
    return max(shares)


def _differs(before: dict[str, Tensor], after: dict[str, Tensor], axes: Axes, letter: str) -> bool:
    """Whether the output at the first position changed by more than rounding."""
    for name, letters in axes.outputs.items():
        if letter in letters:
            dim = letters.index(letter)
            gap = (before[name] - after[name]).select(dim, 0).abs().max()
            if gap > ROUNDING * before[name].abs().max():
                return True
    return False


class Reach(nn.Module):
    """Three layers of windows of width three, optionally with the mean over all positions added."""

    def __init__(self, everywhere: bool) -> None:
        super().__init__()
        self.layers = nn.Sequential(*(nn.Conv1d(3, 3, 3, padding=1) for _ in range(3)))
        self.everywhere = everywhere

    def forward(self, x: Tensor) -> Tensor:
        """Return one vector for every position."""
        y = self.layers(x)
        return torch.tanh(y + x.mean(2, keepdim=True)) if self.everywhere else torch.tanh(y)

    def example_inputs(self, generator: Generator, *, L: int = 8) -> dict[str, Tensor]:
        """Return a random signal."""
        return {"x": torch.randn(2, 3, L, generator=generator)}


def holds(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """A stack of small windows."""
    return _case(Reach(everywhere=False), generator)


def lacks(generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """The same stack with a global mean."""
    return _case(Reach(everywhere=True), generator)


def _case(module: Reach, generator: Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    axes = Axes(inputs={"x": ("B", "C", "L")}, outputs={"y": ("B", "D", "L")}, acting=("L",))
    inputs = {name: value.double() for name, value in module.example_inputs(generator).items()}
    return module.double(), inputs, axes
