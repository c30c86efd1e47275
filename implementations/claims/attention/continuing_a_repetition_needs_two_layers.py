"""Experiment: can one head of attention continue a repetition, and can two layers of one head each?

Source: Sanford, Hsu & Telgarsky 2024 (sanford2024one), who prove that one layer needs a large size; attention-only
networks and induction heads are of Elhage et al. 2021 (elhage2021mathematical). The argument for one head is our own.

Method: networks have vectors of words and positions, layers of causal attention with one head and a connection around
it, and a linear read-out; no perceptron and no normalisation, as in the source. After each of the sequences ABCDA,
CDABA, ADCBA and CBADA one of B and D followed A before. At every position the first two together have the same words as
the last two together. The logit of B less that of D, after one layer, is a ratio of two sums over positions, whose
denominator is positive; numerators and denominators of the first two add up to the same as those of the last two. So
the logits cannot be positive for the first two and negative for the last two, whatever the weights are: one of the four
is wrong. This is computed for random weights, and networks of one layer and of two are trained on the four sequences.
Then two layers are built by hand: a head attends to the position before, another to the position whose previous word is
the present one. It is tested on blocks of random words that are repeated from a random start.

Measures:
    imbalance: largest difference of the weighted logits of both pairs, over their size, for networks of one layer.
    imbalance_two: median of such differences for networks of two layers, with the denominators of their last layer.
    one, two: most of the four sequences that a trained network of one and of two layers continues rightly.
    one_mean, two_mean: the mean over eight trained networks.
    built: share of right words of the network that is built by hand.
    built_alone: the same without its first layer.
"""

from statistics import mean, median

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.claims.precision import double_precision
from implementations.concepts.attention_mechanism.learned_position_code import LearnedPositionCode
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from kb.training import descend

A, B, C, D = range(4)
SEQUENCES = [[A, B, C, D, A], [C, D, A, B, A], [A, D, C, B, A], [C, B, A, D, A]]
FOLLOWS = [B, B, D, D]
WIDTH, RANDOM, TRAINED, STEPS, RATE = 16, 100, 8, 400, 1e-2
WORDS, BLOCK, FRESH = 20, 12, 500
SHARP = 40.0
"""Difference of scores by which a head that is built prefers a position: all others together get almost no weight."""


class AttentionOnly(nn.Module):
    """Layers of causal attention with one head, and the sum of what they add."""

    def __init__(self, *, words: int, length: int, width: int, layers: int) -> None:
        super().__init__()
        self.embedding = nn.Linear(words, width, bias=False)
        self.code = LearnedPositionCode(width=width, length=length)
        self.layers = nn.ModuleList(MultiHeadAttention(width=width, heads=1) for _ in range(layers))
        self.read_out = nn.Linear(width, words)

    def forward(self, words: Tensor) -> Tensor:
        """Return the logits of the next word at every position."""
        return self.read_out(self.last_input(words, len(self.layers)))

    def last_input(self, words: Tensor, layers: int) -> Tensor:
        """Return the sum after a number of layers."""
        h = self.code(self.embedding(F.one_hot(words, self.embedding.in_features).to(self.code.weight)))
        for layer in self.layers[:layers]:
            h = h + layer(h, h, causal=True)
        return h


@double_precision()
def run(seed: int) -> dict[str, float]:
    """Compute logits of random networks, train networks, and build one.

    Args:
        seed: Seed of weights and sequences.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    one, two = ([float(right_after_training(layers)) for _ in range(TRAINED)] for layers in (1, 2))
    network, words = built(), repeated(torch.Generator().manual_seed(seed))
    right = share_right(network, words)
    network.layers = network.layers[1:]
    return {
        "imbalance": max(imbalance(random_network(1)) for _ in range(RANDOM)),
        "imbalance_two": median(imbalance(random_network(2)) for _ in range(RANDOM)),
        "one": max(one),
        "two": max(two),
        "one_mean": mean(one),
        "two_mean": mean(two),
        "built": right,
        "built_alone": share_right(network, words),
    }


def random_network(layers: int) -> AttentionOnly:
    """Return a network for the four sequences, with larger weights than usual at the start of training."""
    network = AttentionOnly(words=4, length=5, width=WIDTH, layers=layers)
    for weight in network.parameters():
        nn.init.normal_(weight, std=0.5)
    return network


@torch.no_grad()
def imbalance(network: AttentionOnly) -> float:
    """Return how much the logits of both pairs differ, each times the sum of exponentials of its scores."""
    words = torch.tensor(SEQUENCES)
    logits = network(words)[:, -1]
    h, last = network.last_input(words, len(network.layers) - 1), network.layers[-1]
    scores = last.query(h[:, [-1]]) @ last.key(h).mT / WIDTH**0.5  # [4, 1, T]
    weighted = (logits[:, B] - logits[:, D]) * scores.exp().sum((1, 2))
    return float((weighted[:2].sum() - weighted[2:].sum()).abs() / weighted.abs().sum())


def right_after_training(layers: int) -> int:
    """Train a network on the four sequences, and return how many it continues rightly."""
    network = AttentionOnly(words=4, length=5, width=WIDTH, layers=layers)
    words, follows = torch.tensor(SEQUENCES), torch.tensor(FOLLOWS)
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
    descend(optimiser, lambda: F.cross_entropy(network(words)[:, -1], follows), steps=STEPS)
    with torch.no_grad():
        logits = network(words)[:, -1]
    return int(((logits[:, B] > logits[:, D]) == (follows == B)).sum())


@torch.no_grad()
def built() -> AttentionOnly:
    """Return two layers that continue a repetition; a vector holds three words and the position."""
    length = 2 * BLOCK + 1
    width = 3 * WORDS + length
    word, previous, following = (slice(WORDS * part, WORDS * (part + 1)) for part in range(3))
    position = slice(3 * WORDS, width)
    network = AttentionOnly(words=WORDS, length=length, width=width, layers=2)
    for weight in network.parameters():
        weight.zero_()
    network.embedding.weight[word] = torch.eye(WORDS)
    network.code.weight[:, position] = torch.eye(length)
    network.read_out.weight[:, following] = torch.eye(WORDS)
    first, second = network.layers
    sharp = SHARP * width**0.5
    first.query.weight[position, position] = sharp * torch.eye(length).roll(-1, 0)  # position t asks for t - 1
    first.key.weight[position, position] = torch.eye(length)
    second.query.weight[word, word] = sharp * torch.eye(WORDS)
    second.key.weight[word, previous] = torch.eye(WORDS)
    for layer, part in ((first, previous), (second, following)):
        layer.value.weight[word, word] = torch.eye(WORDS)
        layer.output.weight[part, word] = torch.eye(WORDS)
    return network


def repeated(generator: torch.Generator) -> Tensor:
    """Return word 0, a block of other words that differ, and the block again from a random start, `[sequences, T]`."""
    block = 1 + torch.rand(FRESH, WORDS - 1, generator=generator).argsort(1)[:, :BLOCK]
    start = torch.randint(BLOCK - 1, (FRESH, 1), generator=generator)  # not the last word, which would follow itself
    again = block.gather(1, (start + torch.arange(BLOCK)) % BLOCK)
    return torch.cat([torch.zeros(FRESH, 1, dtype=torch.long), block, again], 1)


@torch.no_grad()
def share_right(network: AttentionOnly, words: Tensor) -> float:
    """Return the share of right words in the second block, except after the last word of the first."""
    now, after = words[:, BLOCK + 1 : -1], words[:, BLOCK + 2 :]
    predicted = network(words)[:, BLOCK + 1 : -1].argmax(2)
    known = now != words[:, [BLOCK]]
    return (predicted == after)[known].double().mean().item()
