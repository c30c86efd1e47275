"""Probe for outputs in the input space: an output has the axes of an input, each of the same size.

Definition: the bias holds if some output has the same axes in the same order as some input with features, by the names
that the signature gives them and by their sizes. A state that is carried from call to call is no output here, and no
input. The error is 0 or 1.

Source: Vincent et al. 2008, sec. 2 (vincent2008extracting); Dinh, Sohl-Dickstein & Bengio 2017 (dinh2016density).
"""

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.features import features
from implementations.biases.recurring import state_names
from kb.probes import Axes, Error


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return 0 if some output has the axes of some input, else 1.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    states = state_names(module, axes)
    before = {(axes.inputs[name], x.shape) for name, x in features(inputs, axes).items() if name not in states}
    outputs = {name: y for name, y in run(module, inputs, axes).items() if name not in states}
    if any((axes.outputs[name], y.shape) in before for name, y in outputs.items()):
        return 0.0
    return Error(1.0, outputs=", ".join(f"{name} [{' '.join(axes.outputs[name])}]" for name in outputs))


class Coder(nn.Module):
    """A layer of hyperbolic tangents, and a linear one that returns to the features or to a few classes."""

    def __init__(self, generator: torch.Generator, back: bool) -> None:
        super().__init__()
        self.encoder = nn.Parameter(torch.randn(4, 3, generator=generator, dtype=torch.float64))
        self.decoder = nn.Parameter(torch.randn(3, 4 if back else 2, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, F]` to `[B, F]` or `[B, K]`."""
        return torch.tanh(x @ self.encoder) @ self.decoder


def _case(back: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(2, 4, generator=generator, dtype=torch.float64)
    axes = Axes(inputs={"x": ("B", "F")}, outputs={"y": ("B", "F" if back else "K")}, acting=("F",))
    return Coder(generator, back), {"x": x}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a network that reconstructs its input."""
    return _case(True, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a network that classifies it."""
    return _case(False, generator)
