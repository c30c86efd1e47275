"""Trust-region step: the best step, for a quadratic model, within a radius where the model is trusted.

Source: the lecture, S6, where the model is linear. The conditions for a quadratic model are those of Moré &
Sorensen 1983, "Computing a trust region step".

Equations:
    minimise g^T d + d^T H d / 2   subject to |d| <= radius
    solved by (H + lambda I) d = -g with lambda >= 0, H + lambda I positive semi-definite, lambda (|d| - radius) = 0
    Without curvature, H = 0: d = -radius g / |g|

Shapes: P parameters.
"""

import torch
from jaxtyping import Float
from torch import Tensor

HALVINGS = 200


def trust_region_step(
    gradient: Float[Tensor, " P"], curvature: Float[Tensor, "P P"], *, radius: float
) -> Float[Tensor, " P"]:
    """Return the step that minimises the model within the region.

    The multiplier is found by halving an interval on which the length of the step falls. Where the gradient has no part
    along a direction of least, negative curvature, any step along that direction completes the length.

    Args:
        gradient: Gradient of the loss.
        curvature: Symmetric matrix of second derivatives; it may have negative eigenvalues.
        radius: Longest step.

    Raises:
        ValueError: The radius is not positive.

    Example:
        >>> trust_region_step(torch.tensor([3.0, 4.0]), torch.zeros(2, 2), radius=1.0)
        tensor([-0.6000, -0.8000])
    """
    if radius <= 0:
        raise ValueError(f"radius ({radius}) must be positive")
    values, directions = torch.linalg.eigh(curvature)
    along = directions.T @ gradient

    def step(multiplier: Tensor) -> Tensor:
        return -along / (values + multiplier).clamp(min=torch.finfo(values.dtype).tiny)

    low = (-values[0]).clamp(min=0)
    high = low + gradient.norm() / radius
    if step(low).norm() <= radius:
        high = low
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if step(middle).norm() > radius else (low, middle)
    found = step(high)
    if (
        values[0] < 0
    ):  # the step is at the boundary: the rest of its length is along the least curvature, also if rounding hid this
        rest = (radius**2 - found[1:].square().sum()).clamp(min=0).sqrt()
        found[0] = torch.copysign(rest, found[0])
    return directions @ found
