"""Experiment: do attention-only networks of one and of two layers learn to repeat what they have just read?

Source: Elhage et al. 2021 (elhage2021mathematical), the section on induction heads; Olsson et al. 2022
(olsson2022context), the section on key concepts.

Method: a sequence is a block of 12 different words of 16, and the same block again, which starts from a random one of
its words and goes on from the last to the first. So no position says how far back a word was before, and only the words
say it. Networks are trained and tested in the second half, except where the next word is the first of the block. They
are GPT-2 without perceptrons: causal attention with residual connections, of two layers with two heads, and of one
layer with four. A third network, of one layer too, is trained and tested with second halves that start from the first
word, where the position of the next word is known. The weights of attention are computed from queries and keys.

Measures:
    steps: numbers of steps after which the networks are tested.
    two_layers, one_layer, fixed: shares of right words after these steps; `fixed` are those of the third network.
    right, right_one_layer, right_fixed: the last of each.
    cross_entropy_one_layer: mean cross-entropy of one layer after training, over that of guessing any word.
    induction: mean weight, in the second half, that a head of the second layer gives to the word after the first
        occurrence of its own word, for the head with the largest.
    previous: mean weight, in the first half, that a head of the first layer gives to the word before its own, for the
        head with the largest.
    induction_one_layer: as `induction`, for the network of one layer.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.attention.gpt_2 import GPT2, Block
from implementations.claims.precision import double_precision
from kb.training import CLIP, descend

WORDS, LENGTH = 16, 12
WIDTH, BATCH, TEST = 32, 32, 500
STEPS, EVERY, RATE = 1200, 100, 3e-3


class Nothing(nn.Module):
    """Replaces a perceptron: what it adds is zero."""

    def forward(self, h: Tensor) -> Tensor:
        """Return zeros."""
        return torch.zeros_like(h)


@double_precision()
def run(seed: int) -> dict[str, float | list[float]]:
    """Train networks of one layer and of two.

    Args:
        seed: Seed of weights and sequences.

    Returns:
        The measures that the module lists.
    """
    two, right = trained(2, 2, LENGTH, seed)
    one, right_one = trained(1, 4, LENGTH, seed)
    _, right_fixed = trained(1, 4, 1, seed)
    return {
        "steps": [float(EVERY * number) for number in range(STEPS // EVERY + 1)],
        "two_layers": right,
        "one_layer": right_one,
        "fixed": right_fixed,
        "right": right[-1],
        "right_one_layer": right_one[-1],
        "right_fixed": right_fixed[-1],
        "cross_entropy_one_layer": tested(one, LENGTH, seed)[1] / math.log(WORDS),
        "induction": weight_after_first(two, 1, seed),
        "previous": weight_before(two, 0, seed),
        "induction_one_layer": weight_after_first(one, 0, seed),
    }


def trained(layers: int, heads: int, starts: int, seed: int) -> tuple[GPT2, list[float]]:
    """Return a network, and the shares of right words in the course of its training.

    Args:
        layers: Number of layers of attention.
        heads: Heads of each.
        starts: From how many of the words of the block the second half may start.
        seed: Seed of weights and sequences.
    """
    torch.manual_seed(seed)
    net = GPT2(vocabulary=WORDS, context=2 * LENGTH, width=WIDTH, heads=heads, layers=layers)
    for block in net.blocks:
        block.perceptron = Nothing()
    generator = torch.Generator().manual_seed(seed)

    def loss() -> Tensor:
        return F.cross_entropy(*predicted(net, repeated(BATCH, starts, generator)))

    optimiser, right = torch.optim.Adam(net.parameters(), lr=RATE), [tested(net, starts, seed)[0]]
    for _ in range(STEPS // EVERY):
        descend(optimiser, loss, steps=EVERY, clip=CLIP)
        right.append(tested(net, starts, seed)[0])
    return net, right


def repeated(size: int, starts: int, generator: torch.Generator) -> Tensor:
    """Return numbers of words, `[B, T]`: a block of different words, and the same from another start."""
    block = torch.rand(size, WORDS, generator=generator).argsort(1)[:, :LENGTH]
    start = torch.randint(starts, (size, 1), generator=generator)
    return torch.cat([block, block.gather(1, (start + torch.arange(LENGTH)) % LENGTH)], 1)


def predicted(net: GPT2, words: Tensor) -> tuple[Tensor, Tensor]:
    """Return logits of the next words in the second half, and these words, where the first half has them in turn."""
    logits = net(one_hot(words))[:, LENGTH:-1]
    follows = words[:, LENGTH:-1] != words[:, [LENGTH - 1]]
    return logits[follows], words[:, LENGTH + 1 :][follows]


def one_hot(words: Tensor) -> Tensor:
    """Return words as the network takes them, `[B, T, V]`."""
    return F.one_hot(words, WORDS).to(torch.get_default_dtype())


@torch.no_grad()
def tested(net: GPT2, starts: int, seed: int) -> tuple[float, float]:
    """Return the share of right words and the cross-entropy, for fresh sequences."""
    logits, expected = predicted(net, repeated(TEST, starts, torch.Generator().manual_seed(1000 + seed)))
    return (logits.argmax(1) == expected).double().mean().item(), F.cross_entropy(logits, expected).item()


def weight_after_first(net: GPT2, layer: int, seed: int) -> float:
    """Return the mean weight of the word after the first occurrence of a word, the largest of all heads of a layer."""
    words, weights = attended(net, layer, seed)
    same = words[:, LENGTH:-1, None] == words[:, None, : LENGTH - 1]  # [B, T of the second half, T of the first]
    example, second, first = same.nonzero(as_tuple=True)
    return float(weights[example, :, LENGTH + second, first + 1].mean(0).max())


def weight_before(net: GPT2, layer: int, seed: int) -> float:
    """Return the mean weight of the word before a word, the largest of all heads of a layer."""
    _, weights = attended(net, layer, seed)
    positions = torch.arange(1, LENGTH)
    return float(weights[:, :, positions, positions - 1].mean((0, 2)).max())


@torch.no_grad()
def attended(net: GPT2, layer: int, seed: int) -> tuple[Tensor, Tensor]:
    """Return fresh sequences, and the weights of attention in a layer, `[B, heads, T, T]`."""
    words = repeated(TEST, LENGTH, torch.Generator().manual_seed(1000 + seed))
    h = net.blocks[:layer](net.code(net.embedding(one_hot(words))))
    return words, weights_of(net.blocks[layer], h)


def weights_of(block: Block, h: Tensor) -> Tensor:
    """Return the weights of attention of all heads of a block, `[B, heads, T, T]`."""
    attention, normed = block.attention, block.attention_norm(h)
    q, k = (
        projection(normed).unflatten(-1, (attention.heads, -1)).transpose(1, 2)
        for projection in (attention.query, attention.key)
    )
    scores = q @ k.mT / q.shape[-1] ** 0.5
    later = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    return scores.masked_fill(later, -math.inf).softmax(-1)
