"""Probe for node-permutation equivariance: the numbering of the nodes and the order of the edges make no difference.

Definition: f(P X, P A P^T) = P f(X, A) for every permutation P of the nodes. Edges are relabelled and listed in a
random new order, together with their features; an output without the node axis is unchanged.

Source: the lecture, S24; Battaglia et al. 2018, Table 1 (battaglia2018relational).
"""

import torch
from torch import Tensor, nn

from implementations.biases.permuting import permutation_error
from kb.probes import Axes


def probe(module: nn.Module, inputs: dict[str, Tensor], axes: Axes, generator: torch.Generator) -> float:
    """Return the largest relative error over the generating relabellings.

    Example:
        >>> generator = torch.Generator().manual_seed(0)
        >>> module, inputs, axes = holds(generator)
        >>> probe(module, inputs, axes, generator) < 1e-12
        True
    """
    return permutation_error(module, inputs, axes, generator)


class Aggregation(nn.Module):
    """Sum of the messages to each node, or a running average in the order in which the edges are listed."""

    def __init__(self, generator: torch.Generator, running: bool) -> None:
        super().__init__()
        self.running = running
        self.weight = nn.Parameter(torch.randn(3, 2, generator=generator, dtype=torch.float64))

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Map node features `[N, F]` and edges `[2, E]` to `[N, G]`."""
        messages = torch.tanh(x @ self.weight)
        totals = list(torch.zeros_like(messages))
        for source, target in edge_index.T.tolist():
            totals[target] = totals[target] / (2 if self.running else 1) + messages[source]
        return torch.stack(totals)


def _case(running: bool, generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    x = torch.randn(5, 3, generator=generator, dtype=torch.float64)
    edges = torch.tensor([[0, 1, 2, 3, 2, 0, 1], [1, 3, 3, 0, 0, 3, 0]])  # node 4 is isolated
    axes = Axes(
        inputs={"x": ("N", "F"), "edge_index": ("", "E")},
        outputs={"y": ("N", "G")},
        acting=("N",),
        indexes={"edge_index": "N"},
    )
    return Aggregation(generator, running), {"x": x, "edge_index": edges}, axes


def holds(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the sum of messages."""
    return _case(False, generator)


def lacks(generator: torch.Generator) -> tuple[nn.Module, dict[str, Tensor], Axes]:
    """Return the running average, in which late messages have larger weights."""
    return _case(True, generator)
