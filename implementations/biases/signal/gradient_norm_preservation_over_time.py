"""Probe for gradient-norm preservation over time: the last state depends on the first through an orthogonal matrix.

Definition: for any number T of steps, all singular values of the Jacobian of the state after T steps by the state
before them are one, so that every gradient has the same norm at both ends. The state consists of all tensors without
the sequence axis that `forward` takes as options and returns by the same names: for an LSTM its hidden state and its
cell.

Source: Pascanu, Mikolov & Bengio 2013 (pascanu2013difficulty) for the Jacobian; Arjovsky, Shah & Bengio 2016
(arjovsky2016unitary) and Henaff, Szlam & LeCun 2016 (henaff2016recurrent) for recurrent matrices with this property.
"""

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.recurring import state_names
from implementations.biases.resizing import resized, sizes_taken
from kb.probes import Axes, Error

STEPS = (1, 4, 16)


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return how far a singular value is from one, over several numbers of steps; NaN where the length is fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return float("nan")
    errors = []
    for letter in axes.acting:
        for steps in STEPS:
            values = torch.linalg.svdvals(jacobian(module, axes, letter, steps, generator))
            errors.append(Error((values - 1).abs().max().item(), axis=letter, steps=steps))
    return max(errors)


def jacobian(module: nn.Module, axes: Axes, letter: str, steps: int, generator: torch.Generator) -> Tensor:
    """Return the derivative `[U, U]` of the state after some steps by the state before them, for one example."""
    earlier, later = (resized(module, axes, {"B": 1, letter: steps}, generator) for _ in range(2))
    names = state_names(module, axes, letter)
    reached = run(module, earlier, axes)  # a state as it occurs, in whatever form
    first = {name: reached[name] for name in names}

    def last(*states: Tensor) -> Tensor:
        outputs = axes.named_outputs(module(**{**later, **dict(zip(names, states, strict=True))}))
        return torch.cat([outputs[name].flatten() for name in names])

    blocks = torch.autograd.functional.jacobian(last, tuple(first.values()))
    return torch.cat([block.flatten(1) for block in blocks], 1)


class Rotating(nn.Module):
    """A state that is rotated and added to at every step; or rotated and squashed."""

    def __init__(self, generator: torch.Generator, squashed: bool) -> None:
        super().__init__()
        self.squashed = squashed
        self.weight = nn.Parameter(torch.randn(4, 4, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map `[B, T, U]` and a state `[B, U]` to all states and the last."""
        h = torch.zeros_like(x[:, 0]) if h is None else h
        rotation = torch.matrix_exp(self.weight - self.weight.T)
        states = []
        for step in x.unbind(1):
            h = h @ rotation + step
            h = torch.tanh(h) if self.squashed else h
            states.append(h)
        return torch.stack(states, 1), h

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 4, generator=generator, dtype=torch.float64)}


def _case(squashed: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Rotating(generator, squashed)
    axes = Axes(inputs={"x": ("B", "T", "U")}, outputs={"y": ("B", "T", "U"), "h": ("B", "U")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a state that is only rotated; what is added to it does not depend on it."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the same rotation with a hyperbolic tangent, whose slope is below one."""
    return _case(True, generator)
