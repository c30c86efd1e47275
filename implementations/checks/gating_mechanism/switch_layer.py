"""Exact checks of the switch layer: the queue of every expert, both ways to compute it, and places for all."""

import math

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.gating_mechanism.sparsely_gated_experts import SparselyGatedExperts
from implementations.concepts.gating_mechanism.switch_layer import (
    COPIED,
    SwitchLayer,
    copies_for_words,
    words_for_experts,
)


def in_a_queue(layer: SwitchLayer, words: Tensor, places: int) -> Tensor:
    """Return the outputs of words `[N, D]`, one after the other; every expert takes as many as it has places."""
    pairs = zip(layer.widen.weight.chunk(layer.experts), layer.narrow.weight.chunk(layer.experts), strict=True)
    perceptrons, left, outputs = list(pairs), [places] * layer.experts, []
    for word in words:
        probabilities = (layer.router.weight @ word).softmax(0)
        chosen = int(probabilities.argmax())
        widen, narrow = perceptrons[chosen]
        found = narrow @ (widen @ word).clamp(min=0) * probabilities[chosen]
        outputs.append(found if left[chosen] > 0 else torch.zeros_like(word))
        left[chosen] -= 1
    return torch.stack(outputs)


@torch.no_grad()
def words_in_a_queue(generator: torch.Generator) -> float:
    """Return the largest difference from queues of all words of a batch, and of those of each example.

    Three examples have 18 words. Four experts with three places each, or with one for each example, take fewer.
    """
    x = torch.randn(3, 6, 5, generator=generator, dtype=torch.float64)
    whole = SwitchLayer(capacity=0.6).double()  # 18 / 4 * 0.6 = 2.7
    each = SwitchLayer(capacity=0.6, across_batch=False).double()  # 6 / 4 * 0.6 = 0.9
    queues = [in_a_queue(whole, x.flatten(0, 1), places=3).view_as(x)]
    queues.append(torch.stack([in_a_queue(each, words, places=1) for words in x]))
    assert all((queue == 0).all(-1).any() for queue in queues), "no word was over capacity"
    return max(difference(layer(x), queue) for layer, queue in zip((whole, each), queues, strict=True))


def both_ways_agree(generator: torch.Generator) -> float:
    """Return the largest difference between outputs and all gradients of the two; some experts have no word."""
    layer = SwitchLayer(width=4, hidden=3, experts=9, capacity=2.0).double()
    words = torch.randn(2, 5, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    sought = [words, *layer.parameters()]
    direction = torch.randn(words.shape, generator=generator, dtype=torch.float64)
    found: list[list[Tensor]] = []
    for way in (copies_for_words, words_for_experts):
        shares, chosen = layer.router(words).softmax(-1).max(-1)
        weights = [matrix.weight.unflatten(0, (9, -1)) for matrix in (layer.widen, layer.narrow)]
        output = way(words, chosen, shares, layer.within_capacity(chosen), *weights)
        found.append([output, *torch.autograd.grad(output, sought, direction)])
    return max(difference(copies, words) for copies, words in zip(*found, strict=True))


@torch.no_grad()
def many_words_in_a_queue(generator: torch.Generator) -> float:
    """Return the difference between a batch for which copies would be too large and a loop over its words."""
    layer = SwitchLayer(width=32, hidden=64, experts=4, capacity=0.9).double()
    x = torch.randn(2, 40, 32, generator=generator, dtype=torch.float64)
    assert x.shape[0] * x.shape[1] * 2 * 32 * 64 > COPIED
    places = math.ceil(2 * 40 / 4 * 0.9)
    return difference(layer(x), in_a_queue(layer, x.flatten(0, 1), places).view_as(x))


@torch.no_grad()
def unlimited_is_sparsely_gated(generator: torch.Generator) -> float:
    """Return the difference, with places for all words, from one chosen expert times its probability among all."""
    layer = SwitchLayer(width=5, hidden=6, experts=4, capacity=4.0).double()
    plain = SparselyGatedExperts(width=5, hidden=6, experts=4, chosen=1).double()
    for ours, theirs in zip(plain.parameters(), layer.parameters(), strict=True):
        ours.copy_(theirs)
    x = torch.randn(2, 7, 5, generator=generator, dtype=torch.float64)
    probability = layer.router(x).softmax(-1).amax(-1, keepdim=True)
    return difference(layer(x), probability * plain(x))
