"""Exact checks of the equivariant coordinate update."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.equivariant_layer.coordinate_update import CoordinateUpdate

NODES, MESSAGES = 5, 4


def expansion(generator: torch.Generator) -> float:
    """Return the difference between an update whose weights are 1 and an expansion from the centre of all points."""
    update, x, m, edges = _complete(generator)
    with torch.no_grad():
        update.coefficient[0].weight.zero_()
        update.coefficient[2].weight /= update.coefficient(torch.zeros(1, MESSAGES, dtype=torch.float64))
    centre = x.mean(0)
    return difference(update(x, m, edges), x + (x - centre) * NODES / (NODES - 1))


def centre_stays(generator: torch.Generator) -> float:
    """Return how far the centre moves where both directions of every edge carry the same message."""
    update, x, m, edges = _complete(generator)
    back = {(j, i): k for k, (j, i) in enumerate(edges.T.tolist())}
    both = m + m[[back[i, j] for j, i in edges.T.tolist()]]
    return difference(update(x, both, edges).mean(0), x.mean(0))


def _complete(generator: torch.Generator) -> tuple[CoordinateUpdate, Tensor, Tensor, Tensor]:
    """Return a random update, random points, random messages and the edges between all pairs, both ways."""
    update = CoordinateUpdate(messages=MESSAGES).double().requires_grad_(False)
    for parameter in update.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    edges = torch.tensor([(j, i) for i in range(NODES) for j in range(NODES) if i != j]).T
    x = torch.randn(NODES, 3, generator=generator, dtype=torch.float64)
    return update, x, torch.randn(edges.shape[1], MESSAGES, generator=generator, dtype=torch.float64), edges
