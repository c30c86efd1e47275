"""Permutation-equivariant layer: one map for every element, and one for what all elements have in common.

Source: Zaheer et al. 2017, "Deep sets", Lemma 3 (zaheer2017deep), with features instead of numbers as elements.

Equations:
    Theta = lambda I + gamma (1 1^T)                       Lemma 3: no other matrix commutes with all permutations
    y_i = Lambda x_i + Gamma pool over j of x_j + b        pool: mean, maximum or sum

Shapes: B sets, T elements, F features of an element, G output features of an element.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments

POOLS = {
    "mean": lambda x: x.mean(1, keepdim=True),
    "max": lambda x: x.amax(1, keepdim=True),
    "sum": lambda x: x.sum(1, keepdim=True),
}


class PermutationEquivariantLayer(nn.Module):
    """Two linear maps, of each element and of all of them pooled.

    Args:
        in_features: Number F of features of an element.
        out_features: Number G of output features of an element.
        pool: `mean`, `max` or `sum`.

    Raises:
        ValueError: The pool is unknown.

    Example:
        >>> PermutationEquivariantLayer(in_features=4, out_features=2)(torch.zeros(3, 5, 4)).shape
        torch.Size([3, 5, 2])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 4, out_features: int = 3, pool: str = "mean") -> None:
        super().__init__()
        if pool not in POOLS:
            raise ValueError(f"pool ({pool!r}) must be one of {', '.join(POOLS)}")
        self.pool = pool
        self.own = nn.Linear(in_features, out_features)
        self.common = nn.Linear(in_features, out_features, bias=False)

    def forward(self, x: Float[Tensor, "B T F"]) -> Float[Tensor, "B T G"]:
        """Return the new features of every element."""
        return self.own(x) + self.common(POOLS[self.pool](x))  # [B, T, G] + [B, 1, G]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 5) -> dict[str, Tensor]:
        """Return random sets."""
        return {"x": torch.randn(B, T, self.own.in_features, generator=generator)}
