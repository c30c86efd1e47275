"""Affine coupling: one half of the numbers is kept, and the other half is scaled and shifted by functions of it.

Source: Dinh, Sohl-Dickstein & Bengio 2017, "Density estimation using Real NVP" (dinh2016density).

Equations:
    y_1 = x_1,    y_2 = x_2 exp(s(x_1)) + t(x_1)      s, t: any functions, here those of one perceptron
    x_1 = y_1,    x_2 = (y_2 - t(y_1)) exp(-s(y_1))   the inverse, for which s and t need not be inverted
    log |det dy/dx| = sum of s(x_1)                   the Jacobian is triangular
    s = g tanh(...)                                   g: learned, so that scales start and stay moderate

Shapes: B examples, F numbers.
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class Coupled(NamedTuple):
    """The numbers after the layer, and the logarithm of the volume by which it scales around each example."""

    y: Float[Tensor, "B F"]
    log_determinant: Float[Tensor, " B"]


class AffineCoupling(nn.Module):
    """Numbers at even places are kept, those at odd places are scaled and shifted; or the other way round.

    Args:
        features: Number F of numbers, at least 2.
        hidden: Units of every hidden layer of the perceptron.
        depth: Number of hidden layers of the perceptron.
        keeps_odd: Whether the numbers at odd places are those that are kept.

    Example:
        >>> layer, x = AffineCoupling(), torch.randn(2, 5)
        >>> torch.allclose(layer.inverse(layer(x)), x, atol=1e-5)
        True
    """

    @checked_arguments(features=2)
    def __init__(self, *, features: int = 5, hidden: int = 8, depth: int = 1, keeps_odd: bool = False) -> None:
        super().__init__()
        self.features = features
        places = torch.arange(features)
        kept, changed = (places[1::2], places[::2]) if keeps_odd else (places[::2], places[1::2])
        self.register_buffer("kept", kept, persistent=False)
        self.register_buffer("changed", changed, persistent=False)
        self.functions = nn.Sequential()
        for narrow, wide in pairwise([len(kept), *[hidden] * depth, 2 * len(changed)]):
            self.functions.extend([nn.Linear(narrow, wide), nn.ReLU()])
        del self.functions[-1]
        self.gain = nn.Parameter(torch.ones(len(changed)))

    def scale_and_shift(self, kept: Float[Tensor, "B K"]) -> tuple[Float[Tensor, "B F"], Float[Tensor, "B F"]]:
        """Return s and t of the numbers that are kept, with zeros at the places of these."""
        log_scale, shift = self.functions(kept).chunk(2, 1)
        nothing = log_scale.new_zeros(len(kept), self.features)
        log_scale = self.gain * torch.tanh(log_scale)
        return tuple(nothing.index_copy(1, self.changed, part.to(nothing.dtype)) for part in (log_scale, shift))

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the numbers, scaled and shifted."""
        return self.with_log_determinant(x).y

    def with_log_determinant(self, x: Float[Tensor, "B F"]) -> Coupled:
        """Return the numbers, scaled and shifted, and the logarithm of the determinant of the Jacobian."""
        log_scale, shift = self.scale_and_shift(x[:, self.kept])
        return Coupled(x * log_scale.exp() + shift, log_scale.sum(1))

    def inverse(self, y: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the numbers from before."""
        log_scale, shift = self.scale_and_shift(y[:, self.kept])
        return (y - shift) * (-log_scale).exp()

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers."""
        return {"x": torch.randn(B, self.features, generator=generator)}
