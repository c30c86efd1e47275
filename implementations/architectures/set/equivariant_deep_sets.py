"""Equivariant Deep Sets: a stack of layers that commute with every permutation of the elements.

Source: Zaheer et al. 2017, "Deep sets", Lemma 3 and the equivariant model built on it (zaheer2017deep).

Equations:
    f(x) = sigma(Theta x),  Theta = lambda I + gamma (1 1^T)      Lemma 3, for elements that are numbers
    h_i' = ReLU(Lambda h_i + Gamma pool over j of h_j + b)        for features; no ReLU after the last layer

Shapes: B sets, T elements, F features of an element, G output features of an element.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.equivariant_layer.permutation_equivariant_layer import PermutationEquivariantLayer
from kb.guards import checked_arguments, checked_inputs


class EquivariantDeepSets(nn.Module):
    """A vector for every element, which depends on all of them, but not on their order.

    Args:
        in_features: Number F of features of an element.
        hidden: Width of the hidden layers.
        out_features: Number G of output features of an element.
        layers: Number of layers.
        pool: How the elements are pooled in every layer: `mean`, `max` or `sum`.

    Example:
        >>> EquivariantDeepSets(in_features=4, out_features=2)(torch.zeros(3, 5, 4)).shape
        torch.Size([3, 5, 2])
    """

    @checked_arguments()
    def __init__(
        self, *, in_features: int = 4, hidden: int = 8, out_features: int = 3, layers: int = 3, pool: str = "mean"
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.layers = nn.Sequential()
        for narrow, wide in pairwise([in_features, *[hidden] * (layers - 1), out_features]):
            layer = PermutationEquivariantLayer(in_features=narrow, out_features=wide, pool=pool)
            self.layers.extend([layer, nn.ReLU()])
        del self.layers[-1]

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B T G"]:
        """Return one vector for every element."""
        return self.layers(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, T: int = 5) -> dict[str, Tensor]:
        """Return random sets, the first with an element that occurs twice."""
        x = torch.randn(B, T, self.in_features, generator=generator)
        x[0, -1] = x[0, 0]
        return {"x": x}
