"""Coordinate update: every point moves along the lines to its neighbours, with weights from the messages.

Source: Satorras, Hoogeboom & Welling 2021 (satorras2021en).

Equations:
    x_i' = x_i + C sum over neighbours j of (x_i - x_j) phi(m_ij),   C: one over the number of neighbours

Shapes: N nodes, X coordinates, E edges, D features of a message.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from kb.guards import checked_arguments


class CoordinateUpdate(nn.Module):
    """One weight for every edge, from its message, times the vector from the neighbour to the node.

    Args:
        messages: Number D of features of a message, and width of the hidden layer of phi.

    Example:
        >>> x, edges = torch.zeros(2, 3), torch.tensor([[0, 1], [1, 0]])
        >>> CoordinateUpdate(messages=4)(x, torch.ones(2, 4), edges).shape
        torch.Size([2, 3])
    """

    @checked_arguments()
    def __init__(self, *, messages: int = 4) -> None:
        super().__init__()
        self.messages = messages
        self.coefficient = nn.Sequential(nn.Linear(messages, messages), nn.SiLU(), nn.Linear(messages, 1, bias=False))

    def forward(
        self, x: Float[Tensor, "N X"], m: Float[Tensor, "E D"], edge_index: Int[Tensor, "2 E"]
    ) -> Float[Tensor, "N X"]:
        """Return the new coordinates; `edge_index` lists sources and targets."""
        source, target = edge_index
        differences = (x[target] - x[source]) * self.coefficient(m)  # [E, X]
        neighbours = target.bincount(minlength=len(x)).clamp(min=1)[:, None]
        return x + torch.zeros_like(x).index_add(0, target, differences) / neighbours

    def example_inputs(self, generator: torch.Generator, *, N: int = 5, E: int = 8, X: int = 3) -> dict[str, Tensor]:
        """Return random points and messages along random edges; the last node has no neighbours."""
        return {
            "x": torch.randn(N, X, generator=generator),
            "m": torch.randn(E, self.messages, generator=generator),
            "edge_index": torch.randint(0, N - 1, (2, E), generator=generator),
        }
