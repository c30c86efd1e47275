"""Exact checks of the softmax over incoming edges."""

import torch

from implementations.claims.agreement import difference
from implementations.concepts.aggregation.edge_softmax import EdgeSoftmax


def scores_may_be_large(generator: torch.Generator) -> float:
    """Return the change of the weights where the same is added to all scores of the edges into a node."""
    inputs = EdgeSoftmax().example_inputs(generator)
    scores, receiver = inputs["scores"].double(), inputs["receiver"]
    moved = scores + torch.tensor([2000.0, -2000.0, 0.0, 800.0, -800.0], dtype=torch.float64)[receiver, None]
    return difference(EdgeSoftmax()(moved, receiver), EdgeSoftmax()(scores, receiver))
