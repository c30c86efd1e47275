"""Probe for constant memory per step: what has to be kept to go on with a stream does not grow with its length.

Definition: after n elements, let M(n) be what is needed besides the elements to come. Where a module takes a state and
returns it, M(n) is the number of entries of that state. Where it does not, it has to be called again with the earlier
elements on which later outputs depend, and the outputs that depend on later elements are still open: M(n) is the number
of both, for a cut in the middle. The bias holds if M(n) stays bounded. The error is the share that doubling adds.

Source: Katharopoulos et al. 2020 (katharopoulos2020transformers); Dai et al. 2019 (dai2019transformer).
"""

import torch
from torch import Tensor, nn

from implementations.biases.comparing import run
from implementations.biases.dependence import dependences, spread
from implementations.biases.recurring import state_names
from implementations.biases.resizing import resized, sizes_taken
from kb.probes import Axes, Error

SIZE = 32


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the share of the memory that a sequence of twice the length adds; NaN where the length is fixed.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    if not sizes_taken(module).issuperset(axes.acting):
        return float("nan")
    memory = carried if state_names(module, axes) else needed
    errors = []
    for letter in axes.acting:
        small, large = (memory(module, axes, letter, size, generator) for size in (SIZE, 2 * SIZE))
        errors.append(Error(max(0, large - small) / max(large, 1), axis=letter, kept=small, kept_of_double=large))
    return max(errors)


def carried(module: nn.Module, axes: Axes, letter: str, size: int, generator: torch.Generator) -> int:
    """Return the number of entries of the state after a sequence, for one example."""
    outputs = run(module, resized(module, axes, {"B": 1, letter: size}, generator), axes)
    return sum(outputs[name].numel() for name in state_names(module, axes))


def needed(module: nn.Module, axes: Axes, letter: str, size: int, generator: torch.Generator) -> int:
    """Return how many earlier elements later outputs depend on, and how many earlier outputs depend on later ones."""
    pairs = dependences(module, axes, letter, size, generator, spread(size)).pairs
    cut = size // 2
    outputs = cut // axes.strides.get(letter, 1)
    past = {source for output, source in pairs if source < cut and output >= outputs}
    still_open = {output for output, source in pairs if source >= cut and output < outputs}
    return len(past) + len(still_open)


class Window(nn.Module):
    """Causal attention to the last eight positions, or to all earlier ones, that returns what it keeps for later."""

    def __init__(self, generator: torch.Generator, limit: int | None) -> None:
        super().__init__()
        self.limit = limit
        self.weight = nn.Parameter(torch.randn(3, 3, generator=generator, dtype=torch.float64) / 2)

    def forward(self, x: Tensor, cache: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Map `[B, T, F]` and earlier inputs `[B, past, F]` to `[B, T, F]` and the inputs to keep."""
        past = x[:, :0] if cache is None else cache
        seen = torch.cat([past, x], 1)
        age = torch.arange(past.shape[1], seen.shape[1])[:, None] - torch.arange(seen.shape[1])
        hidden = (age < 0) if self.limit is None else (age < 0) | (age > self.limit)
        scores = (x @ self.weight @ seen.mT).masked_fill(hidden, float("-inf"))
        return scores.softmax(-1) @ seen, seen if self.limit is None else seen[:, -self.limit :]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 3, generator=generator, dtype=torch.float64)}


def _case(limit: int | None, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Window(generator, limit)
    axes = Axes(
        inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F"), "cache": ("B", "past", "F")}, acting=("T",)
    )
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return attention that keeps the last eight inputs."""
    return _case(8, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return attention that keeps all of them."""
    return _case(None, generator)
