"""Exact relation: the scores of word2vec are a deep linear network with one hidden layer on one-hot words.

Source: Mikolov et al. 2013, eq. 4 (mikolov2013distributed); Levy & Goldberg 2014 (levy2014neural) for the matrix.

Method: random tables. The linear network gets them as its matrices; vectors are also looked up, and multiplied.

Measures:
    agreement_error: difference of the scores of all words for all words.
    lookup_error: difference of the products of vectors that are looked up.
    rank_error: the first singular value that should be zero, relative to the largest.
    wider_rank: the same singular value for vectors with one more feature.
    exchanged_difference: difference of the scores if the two tables are exchanged.
"""

import torch
from torch import Tensor

from implementations.architectures.feedforward.deep_linear_network import DeepLinearNetwork
from implementations.architectures.unsupervised.word2vec import Word2Vec
from implementations.claims.agreement import difference

WORDS, FEATURES = 12, 4


def run(seed: int) -> dict[str, float]:
    """Compare the two on all words.

    Args:
        seed: Seed of the tables.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    model, wider = (drawn(width, generator) for width in (FEATURES, FEATURES + 1))
    network = DeepLinearNetwork(in_features=WORDS, hidden=[FEATURES], out_features=WORDS).double()
    network.layers[0].load_state_dict(model.words.state_dict())
    network.layers[1].load_state_dict(model.neighbours.state_dict())
    words = torch.eye(WORDS, dtype=torch.float64)
    vectors, neighbours = model.words.weight.T, model.neighbours.weight  # [V, D] each
    scores = model(words)
    return {
        "agreement_error": difference(network(words), scores),
        "lookup_error": difference(torch.stack([neighbours @ vectors[word] for word in range(WORDS)]), scores),
        "rank_error": beyond(scores),
        "wider_rank": beyond(wider(words)),
        "exchanged_difference": difference(scores.T, scores),
    }


def drawn(width: int, generator: torch.Generator) -> Word2Vec:
    """Return a model with random tables."""
    model = Word2Vec(vocabulary=WORDS, width=width).double()
    for parameter in model.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return model


def beyond(scores: Tensor) -> float:
    """Return the singular value after as many as a vector has features, relative to the largest."""
    values = torch.linalg.svdvals(scores)
    return (values[FEATURES] / values[0]).item()
