"""Residual connection: the input is added to the output.

Source: He et al. 2016, eq. 1 and 2 (he2016deep).

Equations:
    y = F(x) + S(x),   S: the identity, or a projection where the sizes differ

Shapes: the branch and the shortcut return the same shape.
"""

from torch import Generator, Tensor, nn, randn


class ResidualConnection(nn.Module):
    """The sum of a branch and a shortcut.

    Args:
        branch: The residual function F; by default a small linear layer.
        shortcut: The map S of the input; by default the identity.

    Example:
        >>> import torch
        >>> ResidualConnection(branch=nn.Identity())(torch.ones(2, 4))[0]
        tensor([2., 2., 2., 2.])
    """

    def __init__(self, *, branch: nn.Module | None = None, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.branch = nn.Linear(4, 4) if branch is None else branch
        self.shortcut = nn.Identity() if shortcut is None else shortcut

    def forward(self, x: Tensor) -> Tensor:
        """Return branch plus shortcut."""
        return self.branch(x) + self.shortcut(x)

    def example_inputs(self, generator: Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random features."""
        return {"x": randn(B, 4, generator=generator)}
