"""SIREN: a perceptron of sines that is a signal, a function from coordinates to values.

Source: Sitzmann et al. 2020, "Implicit neural representations with periodic activation functions"
(sitzmann2020implicit).

Equations:
    h_0 = x,  h_l = sin(omega_0 (W_l h_{l-1} + b_l)),  y = W h_L + b
    W_1 ~ U(-1/F, 1/F),  other weights ~ U(-c, c), c = sqrt(6 / inputs) / omega_0       at the start of training

Shapes: B points, F coordinates of a point, G values of the signal.
"""

import math
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.activation.sine import Sine
from kb.guards import checked_arguments, checked_inputs


class SIREN(nn.Module):
    """Affine layers with a sine after each but the last.

    Args:
        in_features: Number F of coordinates.
        hidden: Units of every hidden layer.
        out_features: Number G of values.
        depth: Number of hidden layers.
        frequency: The factor omega_0 of the argument of every sine.

    Example:
        >>> SIREN(in_features=2, out_features=3)(torch.zeros(4, 2)).shape
        torch.Size([4, 3])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        in_features: int = 2,
        hidden: int = 8,
        out_features: int = 1,
        depth: int = 2,
        frequency: float = 30.0,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.layers = nn.Sequential()
        for narrow, wide in pairwise([in_features, *[hidden] * depth]):
            self.layers.extend([nn.Linear(narrow, wide), Sine(frequency=frequency)])
        self.read_out = nn.Linear(hidden, out_features)
        for layer in (*self.layers[::2], self.read_out):
            inputs = layer.in_features
            bound = 1 / inputs if layer is self.layers[0] else math.sqrt(6 / inputs) / frequency
            nn.init.uniform_(layer.weight, -bound, bound)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return the values of the signal at some points."""
        return self.read_out(self.layers(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random points."""
        return {"x": torch.randn(B, self.in_features, generator=generator)}
