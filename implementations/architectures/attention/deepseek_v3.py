"""DeepSeek-V3: a causal Transformer with latent attention, and many small experts that a bias keeps in use alike.

Source: DeepSeek-AI 2024, "DeepSeek-V3 technical report", sec. 2.1 (deepseek2024v3).

Equations:
    h'_l = LatentAttention(RMSNorm(h_{l-1})) + h_{l-1}          eq. 1 to 11
    h_l  = FFN(RMSNorm(h'_l)) + h'_l                            FFN: SwiGLU in the first layers, then
    FFN(u) = SwiGLU(u) + sum over i of g_i SwiGLU_i(u)          a shared expert and routed ones, eq. 12 to 16
    logits = W_out RMSNorm(h_L)

Shapes: B examples, T positions, V words, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.multi_head_latent_attention import EPSILON, MultiHeadLatentAttention
from implementations.concepts.gating_mechanism.bias_balanced_router import BiasBalancedRouter
from implementations.concepts.gating_mechanism.routed_experts import RoutedExperts
from implementations.concepts.gating_mechanism.swish_gated_linear_unit import SwishGatedLinearUnit
from implementations.concepts.normalisation.root_mean_square_normalisation import RootMeanSquareNormalisation
from kb.guards import checked_arguments, checked_inputs


class MixtureOfExperts(nn.Module):
    """A shared expert, which all positions use, and those that a router chooses."""

    def __init__(self, width: int, hidden: int, router: BiasBalancedRouter) -> None:
        super().__init__()
        self.router = router
        self.experts = RoutedExperts(width=width, hidden=hidden, experts=router.affinity.out_features)
        self.shared = SwishGatedLinearUnit(width=width, hidden=hidden)

    def forward(self, u: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the sum of the shared expert and of those chosen at every position."""
        return self.shared(u) + self.experts(u, *self.router.routed(u))


class Block(nn.Module):
    """Latent attention and a network at every position, each with a normalised input and a residual connection."""

    def __init__(self, width: int, attention: MultiHeadLatentAttention, network: nn.Module) -> None:
        super().__init__()
        self.attention_norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
        self.attention = attention
        self.network_norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
        self.network = network

    def forward(self, h: Float[Tensor, "B T D"]) -> Float[Tensor, "B T D"]:
        """Return the block's output."""
        h = h + self.attention(self.attention_norm(h))
        return h + self.network(self.network_norm(h))


class DeepSeekV3(nn.Module):
    """Word vectors, blocks of which the first are dense, normalisation, and a linear read-out of its own.

    Args:
        vocabulary: Number V of words.
        width: Width D of the model.
        heads: Attention heads.
        head_width: Width of a head, without what is rotated.
        rotated: Even number of features of queries and keys that are rotated.
        latent: Numbers of the latent of keys and values.
        query_latent: Numbers of the latent of queries.
        layers: Blocks with experts.
        dense: Blocks ahead of these, with one perceptron each.
        dense_hidden: Gated units of the perceptrons.
        hidden: Gated units of each expert.
        experts: Experts of each block, beside the shared one.
        chosen: How many of them a word uses.
        groups: Groups of experts.
        kept: Groups from which a word's experts are chosen.
        scale: What the weights of the chosen experts add up to.

    Raises:
        ValueError: The number of rotated features is odd, the experts cannot be divided into the groups, or more of
            either are to be chosen than there are.

    Example:
        >>> DeepSeekV3(vocabulary=5)(torch.zeros(2, 6, 5)).shape
        torch.Size([2, 6, 5])
    """

    @checked_arguments(dense=0, scale=0)
    def __init__(
        self,
        *,
        vocabulary: int = 5,
        width: int = 8,
        heads: int = 2,
        head_width: int = 4,
        rotated: int = 2,
        latent: int = 3,
        query_latent: int = 5,
        layers: int = 2,
        dense: int = 1,
        dense_hidden: int = 6,
        hidden: int = 6,
        experts: int = 8,
        chosen: int = 2,
        groups: int = 2,
        kept: int = 1,
        scale: float = 2.5,
    ) -> None:
        super().__init__()
        self.embedding = nn.Linear(vocabulary, width, bias=False)
        perceptrons = (SwishGatedLinearUnit(width=width, hidden=dense_hidden) for _ in range(dense))
        routing = {"experts": experts, "chosen": chosen, "groups": groups, "kept": kept, "scale": scale}
        mixtures = (MixtureOfExperts(width, hidden, BiasBalancedRouter(width=width, **routing)) for _ in range(layers))
        sizes = {"head_width": head_width, "rotated": rotated, "latent": latent, "query_latent": query_latent}

        def block(network: nn.Module) -> Block:
            return Block(width, MultiHeadLatentAttention(width=width, heads=heads, **sizes), network)

        self.dense, self.blocks = (nn.Sequential(*map(block, networks)) for networks in (perceptrons, mixtures))
        self.norm = RootMeanSquareNormalisation(width=width, epsilon=EPSILON)
        self.read_out = nn.Linear(width, vocabulary, bias=False)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B T V"]) -> Float[Tensor, "B T V"]:
        """Return the logits of the next word at every position; words are one-hot vectors, or mixtures of these."""
        return self.read_out(self.norm(self.blocks(self.dense(self.embedding(x)))))

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, T: int = 6) -> dict[str, Tensor]:
        """Return random mixtures of words."""
        return {"x": torch.randn(B, T, self.embedding.in_features, generator=generator)}
