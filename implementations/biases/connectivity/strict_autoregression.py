"""Probe for strict autoregression: in some order, every output depends on earlier inputs only, not on its own.

Definition: the positions can be ordered such that the output at each depends only on inputs before it. That is so if
and only if the graph of dependences, with an arrow from every input position to the outputs that depend on it, has no
cycle; an output that depends on the input at its own position is one. The product of the probabilities of each element
given the earlier ones is then a distribution over sequences. The error is the share of positions that cannot be
ordered.

Source: Germain et al. 2015 (germain2015made).
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from implementations.biases.dependence import dependences, spread
from kb.probes import Axes, Error

SIZE = 8


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest share, over the axes, of positions that cannot be ordered.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator)
        0.0
    """
    errors = []
    for letter in axes.acting:
        pairs = dependences(module, axes, letter, SIZE, generator, spread(SIZE)).pairs
        places = {place for pair in pairs for place in pair}
        left = without_order(pairs)
        errors.append(Error(len(left) / max(len(places), 1), axis=letter, positions=sorted(left)))
    return max(errors)


def without_order(pairs: Iterable[tuple[int, int]]) -> set[int]:
    """Return the places on cycles, or behind one, of a graph of (place, place before it).

    Examples:
        >>> without_order([(1, 0), (2, 1)]), without_order([(0, 0), (1, 0)])
        (set(), {0, 1})
    """
    before: dict[int, set[int]] = {}
    for output, source in pairs:
        before.setdefault(output, set()).add(source)
        before.setdefault(source, set())
    while ready := {place for place, needs in before.items() if not needs}:
        before = {place: needs - ready for place, needs in before.items() if place not in ready}
    return set(before)


class Predictor(nn.Module):
    """Mean over all earlier inputs, with the own one or without."""

    def __init__(self, generator: torch.Generator, own: bool) -> None:
        super().__init__()
        self.own = own
        self.weight = nn.Parameter(torch.randn(3, 3, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor) -> Tensor:
        """Map `[B, T, F]` to `[B, T, F]`."""
        weights = torch.ones(x.shape[1], x.shape[1], dtype=x.dtype).tril(0 if self.own else -1)
        return torch.tanh(weights / x.shape[1] @ x @ self.weight)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, 3, generator=generator, dtype=torch.float64)}


def _case(own: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    module = Predictor(generator, own)
    axes = Axes(inputs={"x": ("B", "T", "F")}, outputs={"y": ("B", "T", "F")}, acting=("T",))
    return module, module.example_inputs(generator), axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one that predicts each element from those before it."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return one that also gets the element itself: causal, but no prediction."""
    return _case(True, generator)
