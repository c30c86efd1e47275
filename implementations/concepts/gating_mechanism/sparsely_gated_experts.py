"""Sparsely gated experts: a gate chooses a few of many small networks for each position, and weights their outputs.

Source: Shazeer et al. 2017, "Outrageously large neural networks" (shazeer2017outrageously), without the noise that is
added to the gate's scores in training.

Equations:
    G(x) = softmax(KeepTopK(x W_g, k)),   KeepTopK(v, k)_i = v_i if it is among the k largest, else minus infinity
    E_i(x) = V_i max(0, U_i x)
    y = sum over i of G(x)_i E_i(x)

Shapes: B examples, T positions, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments


class SparselyGatedExperts(nn.Module):
    """A mixture of perceptrons with one hidden layer, of which each position uses a few only.

    Args:
        width: Width D of input and output.
        hidden: Hidden units of each expert.
        experts: Number of experts.
        chosen: How many of them are used at each position.

    Raises:
        ValueError: More experts are to be chosen than there are.

    Example:
        >>> SparselyGatedExperts(width=6, experts=8, chosen=2)(torch.zeros(2, 4, 6)).shape
        torch.Size([2, 4, 6])
    """

    @checked_arguments()
    def __init__(self, *, width: int = 5, hidden: int = 6, experts: int = 4, chosen: int = 2) -> None:
        super().__init__()
        if chosen > experts:
            raise ValueError(f"chosen ({chosen}) must be at most the number of experts ({experts})")
        self.experts, self.chosen = experts, chosen
        self.gate = nn.Linear(width, experts, bias=False)
        self.widen = nn.Linear(width, experts * hidden, bias=False)  # the rows of one expert after those of another
        self.narrow = nn.Linear(hidden, experts * width, bias=False)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the weighted sum of the chosen experts at every position."""
        scores, chosen = self.gate(x).topk(self.chosen)  # [B, T, chosen]
        widen, narrow = (layer.weight.unflatten(0, (self.experts, -1)) for layer in (self.widen, self.narrow))
        hidden = torch.relu(torch.einsum("btd,btkud->btku", x, widen[chosen]))
        outputs = torch.einsum("btku,btkdu->btkd", hidden, narrow[chosen])
        return (scores.softmax(2)[..., None] * outputs).sum(2)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 4) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, self.gate.in_features, generator=generator)}
