"""Routed experts: gated perceptrons, of which each position uses those that a router has chosen, with its weights.

Source: Jiang et al. 2024, sec. 2.1 (jiang2024mixtral); Shazeer 2020, eq. 6 for the experts (shazeer2020glu).

Equations:
    y = sum over the chosen i of g_i E_i(x),   E_i(x) = (Swish(x W_i) * x V_i) U_i

Shapes: B examples, T positions, M chosen experts, D width, E experts, U gated units.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

COPIED = 1_000_000
"""Most numbers that copies of the experts' weights have."""


class RoutedExperts(nn.Module):
    """Swish-gated linear units side by side, of which those that are not chosen are not computed.

    A few positions get copies of the weights of their experts. Of many these would be large, so that every expert is
    given its positions instead: memory is then that of weights and units. On the meta device copies take none, and
    which positions an expert has is not known.

    Args:
        width: Width D of input and output.
        hidden: Gated units of each expert.
        experts: Number of experts.

    Example:
        >>> chosen, weights = torch.tensor([[[0, 3]]]), torch.tensor([[[0.75, 0.25]]])
        >>> RoutedExperts(width=6, experts=4)(torch.zeros(1, 1, 6), chosen, weights).shape
        torch.Size([1, 1, 6])
    """

    @checked_arguments()
    def __init__(self, *, width: int = 5, hidden: int = 6, experts: int = 4) -> None:
        super().__init__()
        self.experts = experts
        self.gate, self.up = (nn.Linear(width, experts * hidden, bias=False) for _ in range(2))  # one after the other
        self.down = nn.Linear(hidden, experts * width, bias=False)

    def forward(
        self, x: Float[Tensor, "B T D"], chosen: Int[Tensor, "B T M"], shares: Float[Tensor, "B T M"]
    ) -> Float[Tensor, "B T D"]:
        """Return the weighted sum of the chosen experts at every position.

        Args:
            x: The input of the experts.
            chosen: Numbers of the experts of every position.
            shares: By which their outputs are multiplied.
        """
        weights = [layer.weight.unflatten(0, (self.experts, -1)) for layer in (self.gate, self.up, self.down)]
        copied = chosen.numel() * sum(weight[0].numel() for weight in weights)
        ways = copies_for_positions if x.is_meta or copied <= COPIED else positions_for_experts
        return ways(x, chosen, shares, *weights)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return random sequences, two different experts for every position, and their weights."""
        order = torch.rand(B, T, self.experts, generator=generator).argsort(-1)
        return {
            "x": torch.randn(B, T, self.gate.in_features, generator=generator),
            "chosen": order[..., :2],
            "shares": torch.rand(B, T, min(2, self.experts), generator=generator),
        }


def copies_for_positions(
    x: Float[Tensor, "B T D"],
    chosen: Int[Tensor, "B T M"],
    shares: Float[Tensor, "B T M"],
    gate: Float[Tensor, "E U D"],
    up: Float[Tensor, "E U D"],
    down: Float[Tensor, "E D U"],
) -> Float[Tensor, "B T D"]:
    """Return the weighted sums, computed with copies of the weights of the experts of every position."""
    gates = F.silu(torch.einsum("btd,btmud->btmu", x, gate[chosen]))
    hidden = gates * torch.einsum("btd,btmud->btmu", x, up[chosen]) * shares[..., None]
    return torch.einsum("btmu,btmdu->btd", hidden, down[chosen])


def positions_for_experts(
    x: Float[Tensor, "B T D"],
    chosen: Int[Tensor, "B T M"],
    shares: Float[Tensor, "B T M"],
    gate: Float[Tensor, "E U D"],
    up: Float[Tensor, "E U D"],
    down: Float[Tensor, "E D U"],
) -> Float[Tensor, "B T D"]:
    """Return the weighted sums, computed by one expert after the other for all positions that use it."""
    order = chosen.flatten().argsort(stable=True)  # the positions of an expert stand next to each other
    uses = chosen.flatten().bincount(minlength=len(gate)).tolist()
    given = x.flatten(0, 1)[order // chosen.shape[-1]].split(uses)
    each = zip(given, gate.unbind(), up.unbind(), down.unbind(), strict=True)
    found = [F.linear(F.silu(F.linear(x, gate)) * F.linear(x, up), down) for x, gate, up, down in each]
    outputs = torch.cat(found)[order.argsort()].unflatten(0, chosen.shape)
    return (shares[..., None] * outputs).sum(2)
