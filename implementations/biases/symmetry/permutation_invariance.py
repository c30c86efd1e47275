"""Probe for permutation invariance: the order of the positions makes no difference to the output.

Definition: f(P x) = f(x) for every permutation P of a sequence, node or memory axis that no output has. Inputs that
share the axis, such as stored examples and their labels, are permuted together; edges are relabelled along with their
nodes.

Source: Zaheer et al. 2017, Theorem 2 (zaheer2017deep), for the functions of sets that have it.
"""

import torch
from torch import Tensor, nn

from implementations.biases.permuting import permutation_error
from kb.probes import Axes


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative change of the output over the axes and the generating permutations.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    return permutation_error(module, inputs, axes, generator)


class WeightedVote(nn.Module):
    """Share of each label, weighted by nearness to the query, or by the position in the list where `by_place`."""

    def __init__(self, classes: int, by_place: bool) -> None:
        super().__init__()
        self.classes, self.by_place = classes, by_place

    def forward(self, x: Tensor, memory: Tensor, labels: Tensor) -> Tensor:
        """Map queries `[B, F]`, stored examples `[M, F]` and their labels `[M]` to shares `[B, K]`."""
        nearness = -torch.cdist(x, memory)
        if self.by_place:
            nearness = nearness - torch.arange(len(memory), dtype=x.dtype)
        return nearness.softmax(1) @ nn.functional.one_hot(labels, self.classes).to(x.dtype)


def _case(by_place: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x, memory = (torch.randn(size, 3, generator=generator, dtype=torch.float64) for size in (4, 6))
    inputs = {"x": x, "memory": memory, "labels": torch.tensor([0, 1, 2, 0, 1, 2])}
    letters = {"x": ("B", "F"), "memory": ("M", "F"), "labels": ("M",)}
    return WeightedVote(3, by_place), inputs, Axes(inputs=letters, outputs={"y": ("B", "K")}, acting=("M",))


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a vote of stored examples, weighted by nearness."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return a vote in which the first examples of the list have larger weights."""
    return _case(True, generator)
