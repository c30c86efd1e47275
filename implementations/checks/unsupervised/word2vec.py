"""Exact checks of word2vec."""

import math

import torch
from torch import Tensor

from implementations.architectures.unsupervised.word2vec import Word2Vec
from implementations.claims.agreement import difference
from implementations.concepts.loss.negative_sampling_loss import NegativeSamplingLoss

WORDS = 7


def gradients_are_those_of_single_pairs(generator: torch.Generator) -> float:
    """Return the difference of the gradients of both tables from a sum over pairs, one product after the other."""
    net = _drawn(4, generator)
    word, candidates = torch.tensor([2, 5, 2]), torch.tensor([[1, 3, 2], [0, 6, 6], [4, 1, 3]])
    scores = net(torch.eye(WORDS, dtype=torch.float64)[word]).gather(1, candidates)
    found = torch.autograd.grad(NegativeSamplingLoss()(scores[:, 0], scores[:, 1:]).sum(), list(net.parameters()))
    v, u = net.words.weight.T.detach(), net.neighbours.weight.detach()
    by_word, by_neighbour = torch.zeros_like(v), torch.zeros_like(u)
    for w, row in zip(word.tolist(), candidates.tolist(), strict=True):
        for place, c in enumerate(row):
            error = torch.sigmoid(u[c] @ v[w]) - float(place == 0)
            by_word[w] += error * u[c]
            by_neighbour[c] += error * v[w]
    return max(difference(found[0].T, by_word), difference(found[1], by_neighbour))


def best_scores_are_shifted_mutual_information(generator: torch.Generator) -> float:
    """Return the gradient of the expected loss at vectors whose products are PMI - log k, relative to that elsewhere.

    The vectors are as long as there are words, so that any matrix of scores can be reached; negative words are drawn by
    their frequency.
    """
    joint = torch.softmax(torch.randn(WORDS * WORDS, generator=generator, dtype=torch.float64), 0).view(WORDS, WORDS)
    expected = joint.sum(1, keepdim=True) * joint.sum(0)  # of a word and a neighbour that is drawn for it
    information = (joint / expected).log()
    net = _drawn(WORDS, generator)
    elsewhere = _slope(net, joint, expected)
    net.words.weight.data = torch.linalg.qr(net.words.weight.data).Q
    net.neighbours.weight.data = (information - math.log(3)).T @ net.words.weight.data.T
    return _slope(net, joint, expected) / elsewhere


def fewer_features_than_words_limit_the_rank(generator: torch.Generator) -> float:
    """Return how much of the scores of all words is beyond as many singular values as a vector has features."""
    values = torch.linalg.svdvals(_drawn(4, generator)(torch.eye(WORDS, dtype=torch.float64)))
    return (values[4:].norm() / values[:4].norm()).item() if values[3] > 1e-6 else 1.0


def _drawn(width: int, generator: torch.Generator) -> Word2Vec:
    net = Word2Vec(vocabulary=WORDS, width=width).double()
    for parameter in net.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net


def _slope(net: Word2Vec, joint: Tensor, expected: Tensor) -> float:
    """Return the length of the gradient of the loss, in expectation over pairs and three negative words of each."""
    scores = net(torch.eye(WORDS, dtype=torch.float64)).flatten()
    right = NegativeSamplingLoss()(scores, scores.new_zeros(len(scores), 0))
    three = NegativeSamplingLoss()(scores.new_full(scores.shape, math.inf), scores[:, None].expand(-1, 3))
    loss = (joint.flatten() * right + expected.flatten() * three).sum()
    return torch.cat([slope.flatten() for slope in torch.autograd.grad(loss, list(net.parameters()))]).norm().item()
