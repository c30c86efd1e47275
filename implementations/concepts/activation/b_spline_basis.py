"""B-spline basis: the values of bumps of polynomial pieces, of which a spline is a weighted sum.

Source: the recursion of Cox and de Boor, as the splines of Liu et al. 2025 have it (liu2024kan).

Equations:
    B_{m,0}(x) = 1 if t_m <= x < t_{m+1}, else 0          t_m = low + (m - k) h: equally spaced knots
    B_{m,j}(x) = (x - t_m) / (j h) B_{m,j-1}(x) + (t_{m+j+1} - x) / (j h) B_{m+1,j-1}(x)

Shapes: any leading axes, F features, M = intervals + degree basis functions.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class BSplineBasis(nn.Module):
    """The basis functions of a degree, over equal intervals between two ends and as far beyond as they reach.

    Args:
        intervals: Intervals between the ends.
        degree: Degree k of the polynomial pieces.
        low: Lower end.
        high: Upper end.

    Raises:
        ValueError: The upper end is not above the lower.

    Example:
        >>> BSplineBasis(intervals=2, degree=1)(torch.tensor([[-1.0], [0.0], [0.5]]))[:, 0]
        tensor([[1.0000, 0.0000, 0.0000],
                [0.0000, 1.0000, 0.0000],
                [0.0000, 0.5000, 0.5000]])
        >>> BSplineBasis(low=1.0, high=1.0)
        Traceback (most recent call last):
        ValueError: BSplineBasis(low=1.0, high=1.0) cannot be built: high (1.0) must be above low (1.0)
    """

    @checked_arguments(degree=0)
    def __init__(self, *, intervals: int = 3, degree: int = 3, low: float = -1.0, high: float = 1.0) -> None:
        super().__init__()
        if high <= low:
            raise ValueError(f"high ({high}) must be above low ({low})")
        self.intervals, self.degree, self.low, self.high = intervals, degree, low, high
        self.width = (high - low) / intervals

    def forward(self, x: Float[Tensor, "*B F"]) -> Float[Tensor, "*B F M"]:
        """Return the values of all basis functions."""
        steps = torch.arange(-self.degree, self.intervals + self.degree + 1, dtype=x.dtype, device=x.device)
        offsets = x.unsqueeze(-1) - (self.low + self.width * steps)  # from every knot
        basis = ((offsets[..., :-1] >= 0) & (offsets[..., 1:] < 0)).to(x.dtype)
        for degree in range(1, self.degree + 1):
            rising = offsets[..., : -degree - 1] * basis[..., :-1]
            falling = offsets[..., degree + 1 :] * basis[..., 1:]
            basis = (rising - falling) / (degree * self.width)
        return basis

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers, the first on a knot and some beyond the ends."""
        x = torch.randn(B, 4, generator=generator)
        x[0, 0] = self.low
        return {"x": x}
