"""Switch layer: perceptrons of which each word uses the one that its router prefers, as long as that has places.

Source: Fedus, Zoph & Shazeer 2022, "Switch Transformers", sec. 2.1 and 2.2, eq. 1 to 3 (fedus2021switch). What they
leave open is as in their code: places are given away in the order of the words, one example after the other.

Equations:
    p(x) = softmax(W_r x),   i = argmax p(x)
    y = p_i(x) E_i(x) while expert i has places, otherwise 0           E_i(x) = V_i max(0, U_i x)
    places of an expert = words / experts * capacity factor            rounded up here

Shapes: B examples, T positions, D width, E experts, U hidden units; G groups of N words that share the places.
"""

import math

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments

COPIED = 100_000
"""Most numbers that copies of the experts' weights have."""


class SwitchLayer(nn.Module):
    """A router, and perceptrons with one hidden layer, of which each word uses one or none.

    A few words get copies of the weights of their experts. Of many these would be large, so that every expert is given
    its words instead. On the meta device copies take no memory, and which words an expert has is not known.

    Args:
        width: Width D of input and output.
        hidden: Hidden units of each expert.
        experts: Number of experts.
        capacity: How many times its equal share of the words an expert takes at most. The others of its words get 0.
        across_batch: Whether all words of a batch share the places of the experts, or those of each example.

    Example:
        >>> SwitchLayer(width=6, experts=8)(torch.zeros(2, 4, 6)).shape
        torch.Size([2, 4, 6])
    """

    @checked_arguments(capacity=0)
    def __init__(
        self, *, width: int = 5, hidden: int = 6, experts: int = 4, capacity: float = 1.25, across_batch: bool = True
    ) -> None:
        super().__init__()
        self.experts, self.capacity, self.across_batch = experts, capacity, across_batch
        self.router = nn.Linear(width, experts, bias=False)
        self.widen = nn.Linear(width, experts * hidden, bias=False)  # the rows of one expert after those of another
        self.narrow = nn.Linear(hidden, experts * width, bias=False)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return, for every word, the output of its expert times the expert's probability, or 0."""
        words = x.flatten(0, 1)[None] if self.across_batch else x
        shares, chosen = self.router(words).softmax(-1).max(-1)
        weights = [layer.weight.unflatten(0, (self.experts, -1)) for layer in (self.widen, self.narrow)]
        copied = chosen.numel() * sum(weight[0].numel() for weight in weights)
        ways = copies_for_words if x.is_meta or copied <= COPIED else words_for_experts
        return ways(words, chosen, shares, self.within_capacity(chosen), *weights).view(x.shape)

    def within_capacity(self, chosen: Int[Tensor, "G N"]) -> Bool[Tensor, "G N"]:
        """Return which words have a place at the expert that they have chosen: the first ones."""
        places = math.ceil(chosen.shape[1] / self.experts * self.capacity)
        before = F.one_hot(chosen, self.experts).cumsum(1).gather(2, chosen[..., None])[..., 0]  # and the word itself
        return before <= places

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 7) -> dict[str, Tensor]:
        """Return random sequences."""
        return {"x": torch.randn(B, T, self.router.in_features, generator=generator)}


def copies_for_words(
    words: Float[Tensor, "G N D"],
    chosen: Int[Tensor, "G N"],
    shares: Float[Tensor, "G N"],
    kept: Bool[Tensor, "G N"],
    widen: Float[Tensor, "E U D"],
    narrow: Float[Tensor, "E D U"],
) -> Float[Tensor, "G N D"]:
    """Return the outputs, computed with copies of the weights of the expert of every word."""
    one = chosen[..., None]  # [G, N, 1]
    hidden = torch.relu(torch.einsum("gnd,gnmud->gnmu", words, widen[one])) * (shares * kept)[..., None, None]
    return torch.einsum("gnmu,gnmdu->gnd", hidden, narrow[one])


def words_for_experts(
    words: Float[Tensor, "G N D"],
    chosen: Int[Tensor, "G N"],
    shares: Float[Tensor, "G N"],
    kept: Bool[Tensor, "G N"],
    widen: Float[Tensor, "E U D"],
    narrow: Float[Tensor, "E D U"],
) -> Float[Tensor, "G N D"]:
    """Return the outputs, computed by one expert after the other for all words that have a place at it."""
    outputs = torch.zeros_like(words)
    for number, (up, down) in enumerate(zip(widen.unbind(), narrow.unbind(), strict=True)):
        taken = (kept & (chosen == number)).nonzero(as_tuple=True)
        found = F.linear(torch.relu(F.linear(words[taken], up)), down)
        outputs = outputs.index_put(taken, shares[taken][:, None] * found)
    return outputs
