"""SkipInit: a scalar that starts at zero at the end of a residual branch.

Source: De & Smith 2020, "Batch normalization biases residual blocks towards the identity function in deep networks"
(de2020batch).

Equations:
    y = alpha F(x),   alpha = 0 at the start

Shapes: those of the branch.
"""

import torch
from torch import Tensor, nn


class SkipInit(nn.Module):
    """A branch times a learned scalar.

    Args:
        branch: The function F; by default a small linear layer.

    Example:
        >>> SkipInit()(torch.ones(1, 4)).abs().sum().item()
        0.0
    """

    def __init__(self, *, branch: nn.Module | None = None) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(()))
        self.branch = nn.Linear(4, 4) if branch is None else branch

    def forward(self, x: Tensor) -> Tensor:
        """Return the scaled branch."""
        return self.scale * self.branch(x)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": torch.randn(B, 4, generator=generator)}
