"""Kolmogorov-Arnold network: every edge has a learned function of one number, and every node adds up what it gets.

Source: Liu et al. 2025, "KAN: Kolmogorov-Arnold networks" (liu2024kan).

Equations:
    y_j = sum over i of phi_ij(x_i)
    phi(x) = w_b SiLU(x) + w_s sum over m of c_m B_m(x)   B_m: B-splines on a grid

Shapes: B examples, F input features, G output features.

Differs:
    1. The grids are those of the beginning. The paper moves them to where the features are.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.activation.b_spline_basis import BSplineBasis
from kb.guards import checked_arguments, checked_inputs


class Layer(nn.Module):
    """A function of one number for every pair of an input and an output, and a sum over the inputs."""

    def __init__(self, in_features: int, out_features: int, basis: BSplineBasis) -> None:
        super().__init__()
        self.basis = basis
        self.base_weight = nn.Parameter(nn.init.xavier_uniform_(torch.empty(out_features, in_features)))
        self.spline_weight = nn.Parameter(torch.ones(out_features, in_features))
        functions = basis.intervals + basis.degree
        self.coefficients = nn.Parameter(0.1 * torch.randn(out_features, in_features, functions))

    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return the sums."""
        base = F.linear(F.silu(x), self.base_weight)
        scaled = self.spline_weight[:, :, None] * self.coefficients  # [G, F, M]
        return base + F.linear(self.basis(x).flatten(1), scaled.flatten(1))  # sums over inputs and basis functions


class KolmogorovArnoldNetwork(nn.Module):
    """A chain of layers.

    Args:
        in_features: Number F of input features.
        hidden: Widths of the hidden layers.
        out_features: Number G of outputs.
        intervals: Intervals of the grid.
        degree: Degree of the polynomial pieces.
        reach: The grid goes from minus this number to this number.

    Raises:
        ValueError: The reach is not positive.

    Example:
        >>> KolmogorovArnoldNetwork(in_features=2, hidden=[5], out_features=1)(torch.zeros(3, 2)).shape
        torch.Size([3, 1])
        >>> KolmogorovArnoldNetwork(reach=0.0)
        Traceback (most recent call last):
        ValueError: KolmogorovArnoldNetwork(reach=0.0) cannot be built: reach (0.0) must be above 0
    """

    @checked_arguments(hidden=())
    def __init__(
        self,
        *,
        in_features: int = 3,
        hidden: Sequence[int] = (4,),
        out_features: int = 2,
        intervals: int = 3,
        degree: int = 3,
        reach: float = 1.0,
    ) -> None:
        super().__init__()
        if reach <= 0:
            raise ValueError(f"reach ({reach}) must be above 0")
        self.in_features = in_features
        widths = [in_features, *hidden, out_features]
        self.layers = nn.Sequential()
        for narrow, wide in pairwise(widths):
            basis = BSplineBasis(intervals=intervals, degree=degree, low=-reach, high=reach)
            self.layers.append(Layer(narrow, wide, basis))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B G"]:
        """Return the output of the last layer."""
        return self.layers(x)

    def extend_grid(self, intervals: int) -> None:
        """Replace the grids by finer ones, and the coefficients by those of the same splines, as far as these exist.

        Args:
            intervals: Intervals of the new grids; with a multiple of the old ones, no spline changes on the grid.
        """
        for layer in self.layers:
            old = layer.basis
            layer.basis = BSplineBasis(intervals=intervals, degree=old.degree, low=old.low, high=old.high)
            count = 4 * (old.intervals + intervals) * (old.degree + 1)
            points = torch.linspace(old.low, old.high, count, dtype=torch.float64)[1:-1, None]
            values = old(points)[:, 0] @ layer.coefficients.detach().double().flatten(0, 1).T  # [points, G F]
            fitted = torch.linalg.lstsq(layer.basis(points)[:, 0], values).solution.T
            layer.coefficients = nn.Parameter(fitted.unflatten(0, layer.base_weight.shape).to(layer.coefficients.dtype))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features, of which some lie beyond the grid."""
        return {"x": torch.randn(B, self.in_features, generator=generator)}
