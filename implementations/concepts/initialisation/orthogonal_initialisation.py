"""Orthogonal initialisation: random weights that preserve the length of vectors.

Source: Saxe et al. 2014, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks"
(saxe2013exact).

Equations:
    W^T W = I,  so that  |W x| = |x|        (W W^T = I where there are fewer outputs than inputs)

Shapes: D outputs, C inputs.

Peer: `torch.nn.init.orthogonal_(weight, gain=1)`, the same construction (equal values from equal generators).
"""

import torch
from torch import Tensor


def orthogonal_initialisation(weight: Tensor, *, generator: torch.Generator | None = None) -> Tensor:
    """Fill a matrix in place with a uniformly drawn orthogonal one (orthonormal rows or columns if it is not square).

    Args:
        weight: Weights `[D, C]`.
        generator: Source of random numbers; the global one when absent.

    Returns:
        The same tensor.

    Raises:
        ValueError: The tensor is not a matrix.

    Example:
        >>> weight = orthogonal_initialisation(torch.empty(40, 40, dtype=torch.float64))
        >>> torch.allclose(weight.T @ weight, torch.eye(40, dtype=torch.float64))
        True

    Source: saxe2013exact.
    """
    if weight.dim() != 2:
        raise ValueError(f"weight (shape {tuple(weight.shape)}) must be a matrix")
    wide = weight.shape[0] < weight.shape[1]
    gaussian = torch.empty_like(weight, requires_grad=False).normal_(generator=generator)
    q, r = torch.linalg.qr(gaussian.T if wide else gaussian)
    q = q * r.diagonal().sign()  # QR alone is not uniform over orthogonal matrices: it depends on a sign convention
    with torch.no_grad():
        return weight.copy_(q.T if wide else q)
