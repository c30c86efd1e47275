"""Rotary position code: pairs of features are rotated by angles in proportion to the position.

Source: Su et al. 2021, eq. 14, 15 and 34 (su2021roformer).

Equations:
    y_m = R_m x_m      R_m: rotates pair i by the angle m theta_i,  theta_i = 10000^(-2 (i - 1) / d),  i = 1 .. d / 2

Shapes: any leading axes, T positions, d features.
"""

import torch
from torch import Tensor, nn

from kb.guards import checked_arguments


class RotaryPositionCode(nn.Module):
    """Rotates queries or keys; it has no parameters and works for any length.

    Args:
        width: Even number d of features.

    Raises:
        ValueError: The width is odd.

    Example:
        >>> RotaryPositionCode(width=2)(torch.ones(1, 3, 2))[0, 0]
        tensor([1., 1.])
    """

    @checked_arguments()
    def __init__(self, *, width: int = 6) -> None:
        super().__init__()
        if width % 2:
            raise ValueError(f"width ({width}) must be even: features are rotated in pairs")
        self.width = width

    def forward(self, x: Tensor) -> Tensor:
        """Return `[..., T, d]` with the features of every position rotated, the first position by nothing."""
        exact = torch.promote_types(x.dtype, torch.float32)  # 16 bits cannot distinguish neighbouring positions
        positions = torch.arange(x.shape[-2], dtype=exact, device=x.device)[:, None]
        pairs = torch.arange(0, self.width, 2, dtype=exact, device=x.device)
        angles = positions / 10_000 ** (pairs / self.width)  # [T, d / 2]
        cosines, sines = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        first, second = x[..., ::2], x[..., 1::2]
        return torch.stack([first * cosines - second * sines, second * cosines + first * sines], -1).flatten(-2)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return a random sequence."""
        return {"x": torch.randn(B, T, self.width, generator=generator)}
