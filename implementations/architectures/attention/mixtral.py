"""Mixtral: a causal Transformer whose perceptrons are mixtures of experts, of which each word uses two.

Source: Jiang et al. 2024, "Mixtral of experts", sec. 2 (jiang2024mixtral).

Equations:
    h'_l = RotaryAttention(RMSNorm(h_{l-1})) + h_{l-1}         causal, as in LLaMA
    h_l  = Experts(RMSNorm(h'_l)) + h'_l
    Experts(x) = sum over i of softmax(Top2(x W_g))_i SwiGLU_i(x)
    balance = n sum over i of f_i P_i      f_i: share of words that use expert i; P_i: its mean weight among all

Shapes: B examples, T positions, V words, D width, E experts.
"""

from collections.abc import Iterator

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.grouped_query_attention import GroupedQueryAttention
from implementations.concepts.attention_mechanism.rotary_position_code import RotaryPositionCode
from implementations.concepts.gating_mechanism.routed_experts import RoutedExperts
from implementations.concepts.normalisation.root_mean_square_normalisation import RootMeanSquareNormalisation
from kb.guards import checked_arguments, checked_inputs

EPSILON = 1e-6
"""Added to the mean squares, as in LLaMA."""


class MixtureOfExperts(nn.Module):
    """A router, and the experts that it chooses, weighted by the softmax of their scores."""

    def __init__(self, width: int, hidden: int, experts: int, chosen: int) -> None:
        super().__init__()
        self.chosen = chosen
        self.router = nn.Linear(width, experts, bias=False)
        self.experts = RoutedExperts(width=width, hidden=hidden, experts=experts)

    def forward(self, x: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the weighted sum of the chosen experts at every position."""
        scores, chosen = self.router(x).topk(self.chosen)
        return self.experts(x, chosen, scores.softmax(-1))


class Block(nn.Module):
    """Causal rotary attention and a mixture of experts, each with a normalised input and a residual connection."""

    def __init__(self, width: int, heads: int, groups: int, mixture: MixtureOfExperts) -> None:
        super().__init__()
        self.attention_norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
        self.attention = GroupedQueryAttention(width=width, heads=heads, groups=groups, bias=False)
        self.code = RotaryPositionCode(width=width // heads)
        self.mixture_norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
        self.mixture = mixture

    def attended(self, h: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the features after attention."""
        normed = self.attention_norm(h)
        query, key, value = self.attention.projected(normed, normed)
        return h + self.attention.attended(self.code(query), self.code(key), value, causal=True)

    def forward(self, h: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the block's output."""
        h = self.attended(h)
        return h + self.mixture(self.mixture_norm(h))


class Mixtral(nn.Module):
    """Word vectors, blocks, normalisation, and a linear read-out of its own.

    Args:
        vocabulary: Number V of words.
        width: Width D of the model.
        heads: Attention heads; must divide the width into even numbers.
        groups: Groups of heads that share keys and values; must divide the heads.
        layers: Number of blocks.
        hidden: Gated units of each expert.
        experts: Experts of each block.
        chosen: How many of them a word uses.

    Raises:
        ValueError: The heads do not divide the width, their widths are odd, the groups do not divide the heads, or more
            experts are to be chosen than there are.

    Example:
        >>> Mixtral(vocabulary=5)(torch.zeros(2, 6, 5)).shape
        torch.Size([2, 6, 5])
        >>> Mixtral(experts=2, chosen=3)
        Traceback (most recent call last):
        ValueError: Mixtral(experts=2, chosen=3) cannot be built: chosen (3) must be at most the number of experts (2)
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        vocabulary: int = 5,
        width: int = 8,
        heads: int = 2,
        groups: int = 1,
        layers: int = 2,
        hidden: int = 12,
        experts: int = 4,
        chosen: int = 2,
    ) -> None:
        super().__init__()
        if chosen > experts:
            raise ValueError(f"chosen ({chosen}) must be at most the number of experts ({experts})")
        self.embedding = nn.Linear(vocabulary, width, bias=False)
        mixtures = (MixtureOfExperts(width, hidden, experts, chosen) for _ in range(layers))
        self.blocks = nn.Sequential(*(Block(width, heads, groups, mixture) for mixture in mixtures))
        self.norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
        self.read_out = nn.Linear(width, vocabulary, bias=False)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"]) -> Float[Tensor, "B T V"]:
        """Return the logits of the next word at every position; words are one-hot vectors, or mixtures of these."""
        return self.read_out(self.norm(self.blocks(self.embedding(x))))

    def balance(self, *, generator: torch.Generator, x: Float[Tensor, "B T V"]) -> Float[Tensor, " B"]:
        """Return, for each example, the load-balancing loss of Switch Transformers, as a mean over the blocks.

        It is the number of chosen experts where all are used alike, and greater where those are preferred that are
        used more. Only the mean weights have a gradient.
        """
        losses = []
        for scores, chosen in self._routed(self.embedding(x)):
            weights = scores.softmax(-1)
            used = torch.zeros_like(weights).scatter(-1, chosen, 1.0)
            losses.append(scores.shape[-1] * (used.mean(1) * weights.mean(1)).sum(-1))
        return torch.stack(losses).mean(0)

    def _routed(self, h: Float[Tensor, "B T D"]) -> Iterator[tuple[Float[Tensor, "B T E"], Tensor]]:
        """Yield the scores of all experts in each block, and which are chosen."""
        for block in self.blocks:
            scores = block.mixture.router(block.mixture_norm(block.attended(h)))
            yield scores, scores.topk(block.mixture.chosen).indices
            h = block(h)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random mixtures of words."""
        return {"x": torch.randn(B, T, self.embedding.in_features, generator=generator)}
