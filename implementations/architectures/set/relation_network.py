"""Relation network: one function for all pairs of objects, a sum, and a function of the sum.

Source: Santoro et al. 2017, "A simple neural network module for relational reasoning" (santoro2017simple).

Equations:
    RN(O) = f(sum over i, j of g(o_i, o_j)),   f and g: multilayer perceptrons

Shapes: B sets, T objects, F features of an object, G outputs.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.aggregation.sum_pooling import SumPooling
from kb.guards import checked_arguments, checked_inputs


class RelationNetwork(nn.Module):
    """A network for pairs, a sum over all of them, and a network for the sum.

    Args:
        in_features: Number F of features of an object.
        hidden: Width of the hidden layers, and number of features that are added up.
        out_features: Number G of outputs.

    Example:
        >>> RelationNetwork(in_features=4, hidden=8, out_features=2)(torch.zeros(3, 5, 4)).shape
        torch.Size([3, 2])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 4, hidden: int = 8, out_features: int = 3) -> None:
        super().__init__()
        self.in_features = in_features
        self.g = nn.Sequential(nn.Linear(2 * in_features, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU())
        self.pool = SumPooling()
        self.f = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, out_features))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B G"]:
        """Return the outputs for every set; an object is paired with itself too."""
        first, second = torch.broadcast_tensors(x[:, :, None], x[:, None])  # [B, T, T, F]
        pairs = torch.cat([first, second], 3).flatten(1, 2)
        return self.f(self.pool(self.g(pairs)))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 5) -> dict[str, Tensor]:
        """Return random sets, in the first of which two objects are the same."""
        x = torch.randn(B, T, self.in_features, generator=generator)
        x[0, -1] = x[0, 0]
        return {"x": x}
