"""Monotonic network: outputs never fall where inputs grow, and need not be convex.

Source: Runje & Shankaranarayana 2023, "Constrained monotonic neural networks" (runje2023constrained).

Equations:
    h_0 = x,  h_l = rho(|W_l| h_{l-1} + b_l),  y = |V| h_L + c
    rho: max(z, 0), min(z, 0) and min(max(z, -1), 1), for a third of the units each

Shapes: B examples, F input features, G outputs.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.constrained_layer.monotonic_layer import MonotonicLayer
from kb.guards import checked_arguments, checked_inputs


class MonotonicNetwork(nn.Module):
    """Layers without negative weights, of units that rise.

    Args:
        in_features: Number F of input features.
        kind: Units of each of the three kinds, in every hidden layer.
        out_features: Number G of outputs.
        depth: Number of hidden layers.

    Example:
        >>> net, x = MonotonicNetwork(), torch.randn(5, 4)
        >>> bool((net(x + 1) >= net(x)).all())
        True
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 4, kind: int = 3, out_features: int = 2, depth: int = 2) -> None:
        super().__init__()
        self.in_features = in_features
        widths = [in_features, *[3 * kind] * depth]
        self.layers = nn.Sequential(*[MonotonicLayer(in_features=before, kind=kind) for before, _ in pairwise(widths)])
        self.read_out = nn.Linear(3 * kind, out_features)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return outputs that rise with every feature."""
        return F.linear(self.layers(x), self.read_out.weight.abs(), self.read_out.bias)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, self.in_features, generator=generator)}
