"""Experiment: a Transformer looks up a value by its key, with its attention and with a mean instead.

Source: the lecture, S25; Vaswani et al. 2017 (vaswani2017attention).

Method: the input has six pairs of a key and a value, one pair per position, and then the key of one of them. At this
last position the network is to predict its value. A Transformer encoder of one layer without positions is trained on
it. In a second one the scores of attention are removed, so that every position receives the mean of all values,
projected by the same matrices; everything else is the same.

Measures:
    right: share of values predicted correctly, with attention.
    right_mean: the same with a mean instead.
    right_untrained: with attention, before training.
    count: 1, .., 10; attending, averaging: shares by the number of pairs; training has six.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.attention.transformer import Transformer
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from kb.training import CLIP, descend

KEYS, VALUES, PAIRS, WIDTH = 10, 8, 6, 32
STEPS, RATE, BATCH, TEST = 600, 3e-3, 64, 1000
COUNTS = range(1, KEYS + 1)


class Mean(nn.Module):
    """Attention without its scores: every position receives the mean of all values.

    Args:
        attention: Its projections of values and outputs are used.
    """

    def __init__(self, attention: MultiHeadAttention) -> None:
        super().__init__()
        self.value, self.output = attention.value, attention.output

    def forward(self, x: Tensor, memory: Tensor, causal: bool = False) -> Tensor:
        """Return the same vector for every position, `[B, T, D]`."""
        return self.output(self.value(memory).mean(1, keepdim=True)).expand_as(x)


def run(seed: int) -> dict[str, float | list[float]]:
    """Train both, and test them with fewer and more pairs.

    Args:
        seed: Seed of weights and pairs.

    Returns:
        The measures that the module lists.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        attending, averaging = (Transformer(width=WIDTH, heads=2, layers=1, hidden=64) for _ in range(2))
    for layer in averaging.encoder:
        layer.self_attention = Mean(layer.self_attention)
    untrained = accuracy(attending, PAIRS, seed)
    for network in (attending, averaging):
        train(network, seed)
    shares = {
        name: [accuracy(network, count, seed) for count in COUNTS]
        for name, network in (("attending", attending), ("averaging", averaging))
    }
    return {
        "right": shares["attending"][COUNTS.index(PAIRS)],
        "right_mean": shares["averaging"][COUNTS.index(PAIRS)],
        "right_untrained": untrained,
        "count": [float(count) for count in COUNTS],
        **shares,
    }


def drawn(size: int, pairs: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return pairs and a query key, `[B, pairs + 1, D]`, and the target values."""
    keys = torch.rand(size, KEYS, generator=generator).argsort(1)[:, :pairs]
    values = torch.randint(0, VALUES, (size, pairs), generator=generator)
    queried = torch.randint(0, pairs, (size, 1), generator=generator)
    x = torch.zeros(size, pairs + 1, WIDTH)
    x[:, :, :KEYS] = F.one_hot(torch.cat([keys, keys.gather(1, queried)], 1), KEYS)
    x[:, :-1, KEYS : KEYS + VALUES] = F.one_hot(values, VALUES)
    x[:, -1, -1] = 1.0  # the mark of the question
    return x, values.gather(1, queried)[:, 0]


def train(network: nn.Module, seed: int) -> None:
    """Train on fresh pairs."""
    generator = torch.Generator().manual_seed(seed)

    def loss() -> Tensor:
        x, expected = drawn(BATCH, PAIRS, generator)
        return F.cross_entropy(network(x)[:, -1, :VALUES], expected)

    descend(torch.optim.Adam(network.parameters(), lr=RATE), loss, steps=STEPS, clip=CLIP)


def accuracy(network: nn.Module, pairs: int, seed: int) -> float:
    """Return the share of values predicted correctly, for pairs that were not trained on."""
    x, expected = drawn(TEST, pairs, torch.Generator().manual_seed(1000 + seed))
    with torch.no_grad():
        return (network(x)[:, -1, :VALUES].argmax(1) == expected).float().mean().item()
