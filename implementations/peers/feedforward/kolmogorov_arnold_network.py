"""Peer of the Kolmogorov-Arnold network: a chain of `KANLayer`, of pykan, the library of Liu et al."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from kan.KANLayer import KANLayer
from torch import Tensor, nn

SIZES = {
    "deep": {"in_features": 2, "hidden": [5, 3], "out_features": 1, "intervals": 5},
    "lines": {"hidden": [], "degree": 1, "reach": 2.0},
}


def peer(
    *, in_features: int, hidden: Sequence[int], out_features: int, intervals: int, degree: int, reach: float
) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    widths = [in_features, *hidden, out_features]
    layers = [layer.double() for layer in chain(widths, intervals, degree, reach)]

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        for index, layer in enumerate(layers):
            ours = f"layers.{index}"
            named = {
                "coef": weights[f"{ours}.coefficients"].transpose(0, 1),  # an edge is known by its input first
                "scale_base": weights[f"{ours}.base_weight"].T,
                "scale_sp": weights[f"{ours}.spline_weight"].T,
            }
            x = torch.func.functional_call(layer, named, (x,))[0]
        return x

    return theirs


def chain(widths: Sequence[int], intervals: int, degree: int, reach: float) -> list[nn.Module]:
    """Return the library's layers."""
    pairs = pairwise(widths)
    layers = [KANLayer(narrow, wide, intervals, degree, grid_range=[-reach, reach]) for narrow, wide in pairs]
    steps = torch.arange(-degree, intervals + degree + 1, dtype=torch.float64)
    for layer in layers:  # the library's are rounded to single precision
        layer.grid.data = (-reach + 2 * reach / intervals * steps).expand(layer.in_dim, -1)
    return layers


class Chain(nn.Module):
    """The library's layers, one after the other."""

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        """Return the output of the last layer."""
        for layer in self.layers:
            x = layer(x)[0]
        return x


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return "pattern", Chain(chain([2, 16, 1], 10, 3, 1.0)).float(), {"x": torch.randn(512, 2, generator=generator)}
