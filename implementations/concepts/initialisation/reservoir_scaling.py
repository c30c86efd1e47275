"""Reservoir scaling: a sparse random matrix, scaled so that its powers fade at a chosen rate.

Source: Jaeger 2001, "The 'echo state' approach to analysing and training recurrent neural networks" (jaeger2001echo).

Equations:
    W = (rho / rho(W_0)) W_0,  W_0 sparse and random,  rho(W_0) = max_i |lambda_i(W_0)|

Shapes: U units.
"""

import torch
from torch import Tensor


def reservoir_(
    weight: Tensor, *, spectral_radius: float = 0.9, density: float = 0.1, generator: torch.Generator | None = None
) -> Tensor:
    """Fill a square matrix in place with a sparse random one of a given spectral radius.

    Args:
        weight: Weights `[U, U]`.
        spectral_radius: Largest absolute value of an eigenvalue.
        density: Share of weights that are not zero, rounded to a whole number of them.
        generator: Source of random numbers; the global one when absent.

    Returns:
        The same tensor.

    Raises:
        ValueError: The tensor is not a square matrix, the density is not a share, or so few weights were drawn that all
            eigenvalues are zero, which cannot be rescaled.

    Example:
        >>> weight = reservoir_(torch.empty(50, 50, dtype=torch.float64), spectral_radius=0.8, density=0.2)
        >>> abs(torch.linalg.eigvals(weight).abs().max().item() - 0.8) < 1e-12
        True
        >>> int((weight != 0).sum())
        500

    Source: jaeger2001echo.
    """
    if weight.dim() != 2 or weight.shape[0] != weight.shape[1]:
        raise ValueError(f"weight (shape {tuple(weight.shape)}) must be a square matrix")
    if not 0 < density <= 1:
        raise ValueError(f"density ({density}) must be above 0 and at most 1")
    if weight.is_meta:
        return weight  # a tensor with a shape but without numbers
    chosen = torch.randperm(weight.numel(), generator=generator)[: round(density * weight.numel())]
    drawn = torch.zeros(weight.numel(), dtype=torch.float64)  # eigenvalues in double precision
    drawn[chosen] = torch.randn(len(chosen), generator=generator, dtype=torch.float64)
    drawn = drawn.view(weight.shape)
    radius = torch.linalg.eigvals(drawn).abs().max()
    if radius < 1e-6:
        raise ValueError(f"density ({density}) of {len(weight)} units leaves no cycle: all eigenvalues are zero")
    with torch.no_grad():
        return weight.copy_(drawn * (spectral_radius / radius))
