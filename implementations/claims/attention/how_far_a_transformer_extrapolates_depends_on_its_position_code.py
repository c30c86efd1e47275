"""Experiment: are Transformers right on longer sequences than they were trained on, with three codes of positions?

Source: Press, Smith & Lewis 2022, sec. 2 (press2021train).

Method: a sequence is a block of 6 to 12 different random words, which is repeated. Causal Transformers, pre-normalised,
of two blocks, learn to predict the next word of sequences of 24 words. They differ in their codes of positions alone:
sinusoidal codes that are added to the words, rotary codes, or a relative position bias that both blocks share, whose
last range begins within the length of training. Then they predict fresh sequences of 96 words.

Measures:
    sinusoidal_within, rotary_within, bias_within: share of words that are predicted rightly at the second half of the
        positions of training.
    sinusoidal_twice, rotary_twice, bias_twice: at the positions from there up to twice the length.
    sinusoidal_far, rotary_far, bias_far: at those from twice up to four times the length.
    rotary_gain: rotary_twice less sinusoidal_twice.
    bias_gain: bias_far less rotary_far.
    sinusoidal_loss: sinusoidal_within less sinusoidal_twice.
    positions: middles of six stretches of positions.
    sinusoidal_course, rotary_course, bias_course: the shares in these stretches.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.claims.precision import double_precision
from implementations.claims.repetitions import WORDS, repeated
from implementations.concepts.attention_mechanism.relative_position_bias import RelativePositionBias
from implementations.concepts.attention_mechanism.rotary_position_code import RotaryPositionCode
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from implementations.concepts.component.sinusoidal_position_code import SinusoidalPositionCode
from kb.training import descend

LENGTH = 24
WIDTH, HEADS, BLOCKS, RANGES = 32, 2, 2, 12
BATCH, RATE, STEPS, FRESH = 32, 5e-3, 500, 200
CODES = ("sinusoidal", "rotary", "bias")
SPREAD = 0.3
"""Standard deviation of the first vectors of words; larger ones hide the sinusoidal codes, whose size is given."""
EDGES = [12, 24, 30, 36, 48, 72, 96]
"""Stretches of positions: the first ends at the length of training."""


class Attention(MultiHeadAttention):
    """Causal self-attention, with one of the codes or none."""

    def __init__(self, code: str, bias: RelativePositionBias | None) -> None:
        super().__init__(width=WIDTH, heads=HEADS)
        self.rotated = RotaryPositionCode(width=WIDTH // HEADS) if code == "rotary" else nn.Identity()
        self.bias = bias

    def forward(self, h: Tensor) -> Tensor:  # type: ignore[override]
        """Return the result of attention at every position."""
        q, k, v = (
            layer(h).unflatten(-1, (self.heads, -1)).transpose(1, 2) for layer in (self.query, self.key, self.value)
        )
        later = torch.ones(h.shape[1], h.shape[1]).triu(1).bool()
        mask = torch.zeros(1, 1, *later.shape).masked_fill(later, -torch.inf)
        mask = mask if self.bias is None else self.bias(mask)
        mixed = F.scaled_dot_product_attention(self.rotated(q), self.rotated(k), v, attn_mask=mask)
        return self.output(mixed.transpose(1, 2).flatten(2))


class Branches(nn.Module):
    """A block: attention and a perceptron, each with a normalised input and a connection around it."""

    def __init__(self, attention: Attention) -> None:
        super().__init__()
        self.attention = nn.Sequential(nn.LayerNorm(WIDTH), attention)
        perceptron = nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH)
        self.perceptron = nn.Sequential(nn.LayerNorm(WIDTH), *perceptron)

    def forward(self, h: Tensor) -> Tensor:
        """Return the features after both."""
        h = h + self.attention(h)
        return h + self.perceptron(h)


def transformer(code: str) -> nn.Sequential:
    """Return a causal Transformer from words to logits of the next ones, with a code of positions."""
    bias = RelativePositionBias(heads=HEADS, ranges=RANGES, reach=LENGTH // 2, causal=True) if code == "bias" else None
    embedding = nn.Embedding(WORDS, WIDTH)
    nn.init.normal_(embedding.weight, std=SPREAD)
    return nn.Sequential(
        embedding,
        SinusoidalPositionCode(width=WIDTH) if code == "sinusoidal" else nn.Identity(),
        *(Branches(Attention(code, bias)) for _ in range(BLOCKS)),
        nn.LayerNorm(WIDTH),
        nn.Linear(WIDTH, WORDS),
    )


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train a network with each code on short sequences, and test them on long ones.

    Args:
        seed: Seed of weights and sequences.

    Returns:
        The measures that the module lists.
    """
    fresh, _ = repeated(FRESH, EDGES[-1] + 1, torch.Generator().manual_seed(seed + 1000))
    found = {code: share_right(trained(code, seed), fresh) for code in CODES}
    measures: dict[str, float | list[float]] = {
        "positions": [(low + high) / 2 for low, high in stretches()],
        "rotary_gain": mean(found["rotary"], 24, 48) - mean(found["sinusoidal"], 24, 48),
        "bias_gain": mean(found["bias"], 48, 96) - mean(found["rotary"], 48, 96),
        "sinusoidal_loss": mean(found["sinusoidal"], 12, 24) - mean(found["sinusoidal"], 24, 48),
    }
    for code, right in found.items():
        for name, (low, high) in (("within", (12, 24)), ("twice", (24, 48)), ("far", (48, 96))):
            measures[f"{code}_{name}"] = mean(right, low, high)
        measures[f"{code}_course"] = [mean(right, low, high) for low, high in stretches()]
    return measures


def stretches() -> list[tuple[int, int]]:
    """Return the first position of every stretch, and the first after it."""
    return list(pairwise(EDGES))


def mean(right: Tensor, low: int, high: int) -> float:
    """Return the mean over some positions."""
    return right[low:high].mean().item()


def trained(code: str, seed: int) -> nn.Sequential:
    """Return a network with a code of positions, after training on short sequences."""
    torch.manual_seed(seed)
    network = transformer(code)
    generator = torch.Generator().manual_seed(seed)

    def loss() -> Tensor:
        words, _ = repeated(BATCH, LENGTH + 1, generator)
        return F.cross_entropy(network(words[:, :-1]).flatten(0, 1), words[:, 1:].flatten())

    descend(torch.optim.Adam(network.parameters(), lr=RATE), loss, steps=STEPS)
    return network


@torch.no_grad()
def share_right(network: nn.Sequential, words: Tensor) -> Tensor:
    """Return for every position the share of sequences whose next word is predicted rightly."""
    return (network(words[:, :-1]).argmax(2) == words[:, 1:]).double().mean(0)
