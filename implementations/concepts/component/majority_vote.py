"""Majority vote: the share of each class among the labels of the voters.

Source: Cover & Hart 1967 (cover1967nearest).

Equations:
    p(c) = 1/k sum over i of [label_i = c]

Shapes: B decisions, k voters, K classes.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class MajorityVote(nn.Module):
    """Shares of classes among votes. A tie leaves equal shares; `argmax` then takes the lowest class.

    Args:
        classes: Number K of classes.

    Example:
        >>> MajorityVote(classes=3)(torch.tensor([[0, 2, 2, 2]]))
        tensor([[0.2500, 0.0000, 0.7500]])
    """

    @checked_arguments()
    def __init__(self, *, classes: int = 3) -> None:
        super().__init__()
        self.classes = classes

    def forward(self, votes: Int[Tensor, "B k"], dtype: torch.dtype = torch.float32) -> Float[Tensor, "B K"]:
        """Return the share of each class, in the given precision."""
        return F.one_hot(votes, self.classes).to(dtype).mean(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        """Return random votes."""
        return {"votes": torch.randint(0, self.classes, (B, 5), generator=generator)}
