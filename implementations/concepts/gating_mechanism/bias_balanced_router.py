"""Bias-balanced router: a bias that only affects which experts are chosen keeps them in use alike.

Source: DeepSeek-AI 2024b, eq. 13 to 16 (deepseek2024v3), after Wang et al. 2024 (wang2024auxiliary).

Equations:
    s_i = sigmoid(x . e_i)
    g'_i = s_i if s_i + b_i is among the M largest, else 0;   g_i = scale g'_i / sum over j of g'_j
    in training, after each pass: b_i falls by the rate if expert i is used more than the mean of all, and rises if less
    with several groups, experts of the groups with the greatest sums of their two largest s_i + b_i are chosen from

Shapes: B examples, T positions, D width, E experts, M chosen experts.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from kb.guards import checked_arguments


class BiasBalancedRouter(nn.Module):
    """Affinities by a sigmoid, a choice by affinity and bias, and weights by affinity alone.

    Args:
        width: Width D of the input.
        experts: Number E of experts.
        chosen: Number M of experts for each position.
        groups: Groups of experts, which must divide these into at least two each.
        kept: Groups from which experts are chosen.
        scale: What the weights of the chosen experts add up to.
        rate: How much the biases change in a pass of training.

    Raises:
        ValueError: The experts cannot be divided into the groups, or more of either are to be chosen than there are.

    Example:
        >>> BiasBalancedRouter(width=4, experts=6)(torch.zeros(2, 5, 4)).shape
        torch.Size([2, 5, 6])
        >>> BiasBalancedRouter(experts=6, groups=4)
        Traceback (most recent call last):
        ValueError: BiasBalancedRouter(experts=6, groups=4) cannot be built: experts (6) must form 4 groups of 2 or more
        >>> BiasBalancedRouter(groups=2, kept=3)
        Traceback (most recent call last):
        ValueError: BiasBalancedRouter(groups=2, kept=3) cannot be built: kept (3) must be at most 2
        >>> BiasBalancedRouter(experts=6, groups=3, chosen=3)
        Traceback (most recent call last):
        ValueError: BiasBalancedRouter(experts=6, chosen=3, groups=3) cannot be built: chosen (3) must be at most 2
    """

    @checked_arguments(scale=0, rate=0)
    def __init__(
        self,
        *,
        width: int = 5,
        experts: int = 8,
        chosen: int = 2,
        groups: int = 1,
        kept: int = 1,
        scale: float = 1.0,
        rate: float = 0.001,
    ) -> None:
        super().__init__()
        if experts % groups or experts < 2 * groups:
            raise ValueError(f"experts ({experts}) must form {groups} groups of 2 or more")
        if kept > groups:
            raise ValueError(f"kept ({kept}) must be at most {groups}")
        if chosen > experts // groups * kept:
            raise ValueError(f"chosen ({chosen}) must be at most {experts // groups * kept}")
        self.chosen, self.groups, self.kept, self.scale, self.rate = chosen, groups, kept, scale, rate
        self.affinity = nn.Linear(width, experts, bias=False)
        self.bias: Tensor
        self.register_buffer("bias", torch.zeros(experts))

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T E"]:
        """Return the weight of every expert at every position, which is 0 for those that are not chosen."""
        chosen, weights = self.routed(x)
        return weights.new_zeros(*x.shape[:2], len(self.bias)).scatter(-1, chosen, weights)

    def routed(self, x: Float[Tensor, "B T D"]) -> tuple[Int[Tensor, "B T M"], Float[Tensor, "B T M"]]:
        """Return the numbers of the chosen experts, and their weights; in training, adjust the biases."""
        affinities = self.affinity(x).sigmoid()
        chosen = self._eligible(affinities + self.bias).topk(self.chosen).indices
        if self.training:
            uses = torch.zeros_like(affinities).scatter(-1, chosen, 1.0).sum((0, 1))
            self.bias -= self.rate * (uses - uses.mean()).sign()
        weights = affinities.gather(-1, chosen)
        return chosen, self.scale * weights / weights.sum(-1, keepdim=True)

    def _eligible(self, scores: Float[Tensor, "B T E"]) -> Float[Tensor, "B T E"]:
        """Return the scores, with minus infinity for experts of groups that are not kept."""
        grouped = scores.unflatten(-1, (self.groups, -1))
        best = grouped.topk(2).values.sum(-1).topk(self.kept).indices
        dropped = torch.ones_like(grouped[..., 0], dtype=torch.bool).scatter(-1, best, False)
        return grouped.masked_fill(dropped[..., None], -torch.inf).flatten(-2)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, self.affinity.in_features, generator=generator)}
