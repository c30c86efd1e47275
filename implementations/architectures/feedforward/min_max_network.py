"""Min-max network: the least of the largest of planes that rise, which is monotone and piecewise linear.

Source: Sill 1997, "Monotonic networks" (sill1997monotonic).

Equations:
    y = min_k max_j (exp(v_kj) . x + b_kj)         k: groups, j: the planes of a group

Shapes: B examples, F input features, G outputs, K groups of each output, J planes of a group.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils import parametrize

from implementations.concepts.activation.maxout import Maxout
from kb.guards import checked_arguments, checked_inputs


class Exponential(nn.Module):
    """Positive weights from any parameters."""

    def forward(self, logarithm: Tensor) -> Tensor:
        """Return the weights that are used."""
        return logarithm.exp()


class MinMaxNetwork(nn.Module):
    """Planes whose weights are exponentials, the largest of each group, and the least of these.

    Args:
        in_features: Number F of input features.
        out_features: Number G of outputs.
        groups: Number K of groups of each output.
        planes: Number J of planes of a group.

    Example:
        >>> net, x = MinMaxNetwork(), torch.randn(2, 4)
        >>> bool((net(x + 1) >= net(x)).all())
        True
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 4, out_features: int = 2, groups: int = 3, planes: int = 3) -> None:
        super().__init__()
        self.groups = groups
        self.largest = Maxout(in_features=in_features, units=out_features * groups, pieces=planes)
        parametrize.register_parametrization(self.largest.linear, "weight", Exponential())

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return numbers that do not fall where a feature grows."""
        return self.largest(x).unflatten(1, (-1, self.groups)).amin(2)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.largest.linear.in_features, generator=generator)}
