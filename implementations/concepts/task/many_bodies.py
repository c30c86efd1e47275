"""Many bodies: the graphs of a batch of systems, as one graph."""

import torch
from torch import Tensor


def all_pairs(nodes: int) -> Tensor:
    """Return the edges `[2, nodes * (nodes - 1)]` from each node to each other.

    Example:
        >>> all_pairs(3).tolist()
        [[1, 2, 0, 2, 0, 1], [0, 0, 1, 1, 2, 2]]
    """
    return torch.tensor([(j, i) for i in range(nodes) for j in range(nodes) if i != j]).T


def side_by_side(edges: Tensor, systems: int, nodes: int) -> Tensor:
    """Return the edges `[2, systems * E]` of equal graphs of some nodes each, in one graph without edges between them.

    Example:
        >>> side_by_side(torch.tensor([[0], [1]]), 3, 2).tolist()
        [[0, 2, 4], [1, 3, 5]]
    """
    return (edges[:, None] + nodes * torch.arange(systems)[:, None]).flatten(1)
