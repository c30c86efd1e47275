"""Sinusoidal position code: a pattern of sines and cosines added to each position.

Source: Vaswani et al. 2017, sec. 3.5 (vaswani2017attention).

Equations:
    PE(pos, 2i)     = sin(pos / 10000^(2i / d))
    PE(pos, 2i + 1) = cos(pos / 10000^(2i / d))

Shapes: B examples, T positions, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class SinusoidalPositionCode(nn.Module):
    """Adds to every vector a code of its position; it has no parameters and works for any length.

    Args:
        width: Even width D of the vectors.

    Raises:
        ValueError: The width is odd.
    """

    @checked_arguments()
    def __init__(self, *, width: int = 8) -> None:
        super().__init__()
        if width % 2:
            raise ValueError(f"width ({width}) must be even: sines and cosines come in pairs")
        self.width = width

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the input plus the codes of its positions."""
        exact = torch.promote_types(x.dtype, torch.float32)  # 16 bits cannot distinguish neighbouring positions
        positions = torch.arange(x.shape[1], dtype=exact, device=x.device)[:, None]
        pairs = torch.arange(0, self.width, 2, dtype=exact, device=x.device)
        angles = positions / 10_000 ** (pairs / self.width)  # [T, D / 2]
        return x + torch.stack([angles.sin(), angles.cos()], 2).flatten(1).to(x.dtype)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return a random sequence."""
        return {"x": torch.randn(B, T, self.width, generator=generator)}
