"""Probe for state-affine recurrence: the new state is an affine function of the carried one.

Definition: h' = A(x) h + b(x), where A and b may depend on the inputs in any way. For continuous functions that is so
if and only if the state reached from the midpoint of any two states is the midpoint of those reached from the two. All
tensors that are carried form one state. The states are such as occur, after inputs of a wide range, because weights of
a memory, for instance, have to sum to one. Such states may lie close together, where no function is far from affine:
the deviation is therefore relative to the distance of the two new states, and any beyond rounding errors counts as 1.

Source: Martin & Cundy 2018 (martin2018parallelizing).
"""

import torch
from torch import Tensor, nn

from implementations.biases.recurring import continued, reached, state_names
from implementations.biases.resizing import resized
from kb.probes import Axes

PAIRS = 8
WIDE = 3.0
CHANGE = 1e-6  # relative: far above rounding, far below what a non-linearity does


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest deviation from a midpoint over several pairs of states, 1 if it is no rounding error.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    if not state_names(module, axes):
        return float("nan")
    error = max(_deviation(module, axes, letter, generator) for letter in axes.acting for _ in range(PAIRS))
    return error if error <= CHANGE else 1.0


def _deviation(module: nn.Module, axes: Axes, letter: str, generator: torch.Generator) -> float:
    """Return how far the state reached from a midpoint is from the midpoint, relative to the two that it is between."""
    one, other = (reached(module, axes, generator, wide=WIDE) for _ in range(2))
    middle = {name: (one[name] + other[name]) / 2 for name in one}
    given = resized(module, axes, {"B": 1, letter: 1}, generator)
    first, between, second = (_new(module, given, axes, state) for state in (one, middle, other))
    distance = (first - second).abs().max().clamp_min(torch.finfo(torch.float64).tiny)
    return ((between - (first + second) / 2).abs().max() / distance).item()


def _new(module: nn.Module, given: dict[str, Tensor], axes: Axes, state: dict[str, Tensor]) -> Tensor:
    """Return all numbers of the state that follows a given one."""
    return torch.cat([value.flatten() for value in continued(module, given, axes, state).values()])


class Selective(nn.Module):
    """A state that decays at a rate computed from the input; or from the input and the state."""

    def __init__(self, generator: torch.Generator, gated_by_state: bool) -> None:
        super().__init__()
        self.gated_by_state = gated_by_state
        self.weight = nn.Parameter(torch.randn(4, 4, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor, h: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map `[B, T, U]` and a state `[B, U]` to all states and the last."""
        h = torch.zeros_like(x[:, 0]) if h is None else h
        states = []
        for step in x.unbind(1):
            keep = torch.sigmoid((step + h if self.gated_by_state else step) @ self.weight)
            h = keep * h + (1 - keep) * step
            states.append(h)
        return torch.stack(states, 1), h

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 4, generator=generator, dtype=torch.float64)}


def _case(gated_by_state: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Selective(generator, gated_by_state)
    axes = Axes(inputs={"x": ("B", "T", "U")}, outputs={"y": ("B", "T", "U"), "h": ("B", "U")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a state with a gate that depends on the input only."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the same with a gate that depends on the state as well, as those of an LSTM do."""
    return _case(True, generator)
