"""Decision Transformer: a causal Transformer of returns to come, states and actions, which predicts actions.

Source: Chen et al. 2021, "Decision Transformer: reinforcement learning via sequence modeling", sec. 3 and Algorithm 1
(chen2021decision); sizes and the normalisation of the tokens are those of the authors' code, gym/.

Equations:
    tokens    LN(W_R R_t + p_t), LN(W_s s_t + p_t), LN(W_a a_t + p_t) for t = 1, 2, ...   p_t: code of the time t
    blocks    h'_l = CausalAttention(LN(h_{l-1})) + h_{l-1},   h_l = W_2 ReLU(W_1 LN(h'_l)) + h'_l
    action    a_t = W LN(h_L at the token of s_t), or its tanh

Shapes: B episodes, T steps, F features of a state, K numbers of an action, D width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.attention_mechanism.learned_position_code import LearnedPositionCode
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from kb.guards import checked_arguments, checked_inputs


class Block(nn.Module):
    """Causal self-attention and a perceptron, each with a normalised input and a residual connection."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width=width, heads=heads)
        self.perceptron_norm = nn.LayerNorm(width)
        self.perceptron = nn.Sequential(nn.Linear(width, 4 * width), nn.ReLU(), nn.Linear(4 * width, width))

    def forward(self, h: Float[Tensor, "B S D"]) -> Float[Tensor, "B S D"]:
        """Return the block's output."""
        normed = self.attention_norm(h)
        h = h + self.attention(normed, normed, causal=True)
        return h + self.perceptron(self.perceptron_norm(h))


class DecisionTransformer(nn.Module):
    """Three tokens for every step, blocks, and an action from the token of every state.

    Args:
        features: Number F of features of a state.
        actions: Numbers K of an action; logits of K actions where it is one of a few.
        episode: Number of codes of times, the longest episode.
        width: Width D of the model.
        heads: Attention heads; must divide the width.
        layers: Number of blocks.
        bounded: Whether actions are between -1 and 1, by a tanh.

    Raises:
        ValueError: The heads do not divide the width, or an episode is longer than there are codes.

    Example:
        >>> DecisionTransformer()(torch.zeros(2, 6), torch.zeros(2, 6, 4), torch.zeros(2, 6, 3)).shape
        torch.Size([2, 6, 3])
    """

    @checked_arguments()
    def __init__(
        self,
        *,
        features: int = 4,
        actions: int = 3,
        episode: int = 6,
        width: int = 8,
        heads: int = 2,
        layers: int = 2,
        bounded: bool = False,
    ) -> None:
        super().__init__()
        self.embed_return = nn.Linear(1, width)
        self.embed_state, self.embed_action = nn.Linear(features, width), nn.Linear(actions, width)
        self.code = LearnedPositionCode(width=width, length=episode)
        self.token_norm = nn.LayerNorm(width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)))
        self.norm = nn.LayerNorm(width)
        self.readout = nn.Linear(width, actions)
        self.bound = nn.Tanh() if bounded else nn.Identity()

    @checked_inputs()
    def forward(
        self, returns: Float[Tensor, "B T"], states: Float[Tensor, "B T F"], actions: Float[Tensor, "B T K"]
    ) -> Float[Tensor, "B T K"]:
        """Return the predicted action of every step, given all before it, its return and its state.

        Args:
            returns: Sums of the rewards from every step on: in use, those that are to be achieved.
            states: What the agent sees.
            actions: What it did then. The last one changes nothing.
        """
        modalities = (self.embed_return(returns[..., None]), self.embed_state(states), self.embed_action(actions))
        tokens = torch.stack([self.code(each) for each in modalities], 2).flatten(1, 2)  # [B, 3 T, D]
        h = self.norm(self.blocks(self.token_norm(tokens)))
        return self.bound(self.readout(h[:, 1::3]))  # [B, T, D] -> [B, T, K]

    def example_inputs(self, generator: torch.Generator, *, B: int = 2) -> dict[str, Tensor]:
        """Return random episodes that are as long as there are codes."""
        shape = (B, len(self.code.weight))
        return {
            "returns": torch.randn(shape, generator=generator),
            "states": torch.randn(*shape, self.embed_state.in_features, generator=generator),
            "actions": torch.randn(*shape, self.embed_action.in_features, generator=generator),
        }
