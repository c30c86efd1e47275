"""Deep Sets: maps every element of a set by one network, adds up, and maps the sum by another.

Source: Zaheer et al. 2017, "Deep sets", Theorem 2 (zaheer2017deep).

Equations:
    f(X) = rho(sum over x in X of phi(x)),   rho and phi: perceptrons with one hidden layer

Shapes: B sets, T elements, F features of an element, G outputs.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.aggregation.sum_pooling import SumPooling
from kb.guards import checked_arguments, checked_inputs


class DeepSets(nn.Module):
    """A network for the elements, a sum, and a network for the sum.

    Args:
        in_features: Number F of features of an element.
        hidden: Width of the hidden layers, and number of features that are added up.
        out_features: Number G of outputs of a set.

    Example:
        >>> DeepSets(in_features=4, hidden=8, out_features=2)(torch.zeros(3, 5, 4)).shape
        torch.Size([3, 2])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 4, hidden: int = 8, out_features: int = 3) -> None:
        super().__init__()
        self.in_features = in_features
        self.phi = nn.Sequential(nn.Linear(in_features, hidden), nn.ReLU(), nn.Linear(hidden, hidden))
        self.pool = SumPooling()
        self.rho = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, out_features))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B G"]:
        """Return one vector for every set."""
        return self.rho(self.pool(self.phi(x)))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 5) -> dict[str, Tensor]:
        """Return random sets, the first with an element that occurs twice."""
        x = torch.randn(B, T, self.in_features, generator=generator)
        x[0, -1] = x[0, 0]
        return {"x": x}
