"""Experiment: do Transformers that are trained on repeated random words find induction heads, and how many layers need?

Source: Olsson et al. 2022 (olsson2022context): the definition of induction heads, Argument 1 for their abrupt rise and
for one layer, and Argument 2 for smeared keys.

Method: a sequence is a block of 6 to 12 different random words, which is repeated until there are 24. Attention-only
networks, with learned codes of positions, no perceptron and no normalisation, are trained to predict the next word:
with two layers of two heads, one layer of four heads, and one layer of four heads whose keys are smeared: each
is a mixture of the own key and the one before, by a share that the head learns. On fresh sequences, at positions whose
word has occurred before, it is measured how much attention a head pays to the words that followed earlier occurrences.

Measures:
    two_match, one_match, smeared_match: mean attention to those words, of the head that pays most, for two layers, one
        layer, and one layer with smeared keys.
    two_right, one_right, smeared_right: share of words that are predicted rightly from the first repetition on.
    jump: largest rise of two_match within a hundred steps, as a share of the last value.
    first_match: the best head in the first of the two layers.
    cut_match: the best head of two layers, if the heads of the first layer add nothing.
    start_match: the best head of two layers before training.
    steps: numbers of steps.
    two_course, one_course, smeared_course: the matches after as many steps.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.claims.precision import double_precision
from implementations.claims.repetitions import WORDS, repeated
from implementations.concepts.attention_mechanism.learned_position_code import LearnedPositionCode
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from kb.training import descend

LENGTH = 24
WIDTH, BATCH, RATE, STEPS, EVERY, FRESH = 32, 32, 5e-3, 800, 100, 300
SPREAD = 0.5
"""Standard deviation of the first codes of positions; with much smaller ones, heads find the word before them late."""


class Attention(MultiHeadAttention):
    """Causal self-attention, whose keys may be smeared, and whose weights can be looked at.

    Args:
        width: Width of the features.
        heads: Number of heads.
        smeared: Whether a key is a mixture of the own one and that of the position before.
    """

    def __init__(self, *, width: int, heads: int, smeared: bool = False) -> None:
        super().__init__(width=width, heads=heads)
        self.own = nn.Parameter(torch.zeros(heads, 1, 1)) if smeared else None

    def weights(self, h: Tensor) -> Tensor:
        """Return the weights of all positions for every head and position, `[B, heads, T, T]`."""
        q, k = (layer(h).unflatten(-1, (self.heads, -1)).transpose(1, 2) for layer in (self.query, self.key))
        if self.own is not None:
            before = F.pad(k[:, :, :-1], (0, 0, 1, 0))
            k = torch.lerp(before, k, self.own.sigmoid())
        later = torch.ones(h.shape[1], h.shape[1]).triu(1).bool()
        return (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(later, -torch.inf).softmax(3)

    def forward(self, h: Tensor) -> Tensor:  # type: ignore[override]
        """Return what the heads add to the features."""
        v = self.value(h).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        return self.output((self.weights(h) @ v).transpose(1, 2).flatten(2))


class AttentionOnly(nn.Module):
    """Vectors of words and positions, layers of attention with a connection around each, and a linear read-out."""

    def __init__(self, *, layers: int, heads: int, smeared: bool = False) -> None:
        super().__init__()
        self.embedding = nn.Embedding(WORDS, WIDTH)
        self.code = LearnedPositionCode(width=WIDTH, length=LENGTH)
        nn.init.normal_(self.code.weight, std=SPREAD)
        self.layers = nn.ModuleList(Attention(width=WIDTH, heads=heads, smeared=smeared) for _ in range(layers))
        self.read_out = nn.Linear(WIDTH, WORDS)

    def forward(self, words: Tensor) -> Tensor:
        """Return the logits of the next word at every position."""
        h = self.code(self.embedding(words))
        for layer in self.layers:
            h = h + layer(h)
        return self.read_out(h)

    @torch.no_grad()
    def matches(self, words: Tensor, cut: bool = False) -> list[float]:
        """Return for each layer the mean attention of its best head to the words that followed earlier occurrences.

        Args:
            words: Sequences `[B, T]`.
            cut: Whether the heads of the first layer add nothing.
        """
        followed = F.pad(words[:, :, None] == words[:, None, :-1], (1, 0)).tril()  # [B, T, T]: query, what it followed
        known = followed.any(2)
        h, found = self.code(self.embedding(words)), []
        for number, layer in enumerate(self.layers):
            paid = (layer.weights(h) * followed[:, None]).sum(3)  # [B, heads, T]
            found.append(float(paid.transpose(0, 1)[:, known].mean(1).max()))
            h = h if cut and number == 0 else h + layer(h)
        return found


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train all three networks, and look where their heads attend.

    Args:
        seed: Seed of weights and sequences.

    Returns:
        The measures that the module lists.
    """
    steps = range(0, STEPS + 1, EVERY)
    measures: dict[str, float | list[float]] = {"steps": [float(step) for step in steps]}
    fresh, period = repeated(FRESH, LENGTH, torch.Generator().manual_seed(seed + 1000))
    for name, layers, heads, smeared in (("two", 2, 2, False), ("one", 1, 4, False), ("smeared", 1, 4, True)):
        torch.manual_seed(seed)
        network = AttentionOnly(layers=layers, heads=heads, smeared=smeared)
        optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
        generator = torch.Generator().manual_seed(seed)
        course = [network.matches(fresh)]
        for _ in steps[1:]:
            descend(optimiser, lambda net=network, g=generator: loss(net, g), steps=EVERY)  # type: ignore[misc]
            course.append(network.matches(fresh))
        best = [max(matches) for matches in course]
        measures |= {f"{name}_match": best[-1], f"{name}_course": best}
        measures[f"{name}_right"] = share_right(network, fresh, period)
        if name == "two":
            measures |= {
                "start_match": best[0],
                "jump": max(after - before for before, after in pairwise(best)) / best[-1],
                "first_match": course[-1][0],
                "cut_match": max(network.matches(fresh, cut=True)),
            }
    return measures


def loss(network: AttentionOnly, generator: torch.Generator) -> Tensor:
    """Return the cross-entropy of the next word at all positions, for fresh sequences."""
    words, _ = repeated(BATCH, LENGTH, generator)
    return F.cross_entropy(network(words)[:, :-1].flatten(0, 1), words[:, 1:].flatten())


@torch.no_grad()
def share_right(network: AttentionOnly, words: Tensor, period: Tensor) -> float:
    """Return the share of words that are predicted rightly, where the present word has occurred before."""
    known = torch.arange(LENGTH - 1) >= period
    return float((network(words)[:, :-1].argmax(2) == words[:, 1:])[known].double().mean())
