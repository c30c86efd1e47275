"""Additive coupling: one half of the numbers is kept, and a function of it is added to the other half.

Source: Dinh, Krueger & Bengio 2015, "NICE: non-linear independent components estimation" (dinh2014nice).

Equations:
    y_1 = x_1,    y_2 = x_2 + m(x_1)          m: any function, here a perceptron with rectified linear units
    x_1 = y_1,    x_2 = y_2 - m(y_1)          the inverse, for which m need not be inverted

Shapes: B examples, F numbers.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class AdditiveCoupling(nn.Module):
    """Numbers at even places are kept, those at odd places are added to; or the other way round.

    Args:
        features: Number F of numbers, at least 2.
        hidden: Units of every hidden layer of m.
        depth: Number of hidden layers of m.
        keeps_odd: Whether the numbers at odd places are those that are kept.

    Example:
        >>> layer, x = AdditiveCoupling(), torch.randn(2, 5)
        >>> torch.allclose(layer.inverse(layer(x)), x, atol=1e-6)
        True
    """

    @checked_arguments(features=2)
    def __init__(self, *, features: int = 5, hidden: int = 8, depth: int = 1, keeps_odd: bool = False) -> None:
        super().__init__()
        places = torch.arange(features)
        kept, changed = (places[1::2], places[::2]) if keeps_odd else (places[::2], places[1::2])
        self.register_buffer("kept", kept, persistent=False)
        self.register_buffer("changed", changed, persistent=False)
        self.m = nn.Sequential()
        for narrow, wide in pairwise([len(kept), *[hidden] * depth, len(changed)]):
            self.m.extend([nn.Linear(narrow, wide), nn.ReLU()])
        del self.m[-1]

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the numbers after the function has been added."""
        return x.index_add(1, self.changed, self.m(x[:, self.kept]).to(x.dtype))

    def inverse(self, y: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the numbers from before."""
        return y.index_add(1, self.changed, self.m(y[:, self.kept]).to(y.dtype), alpha=-1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers."""
        return {"x": torch.randn(B, len(self.kept) + len(self.changed), generator=generator)}
