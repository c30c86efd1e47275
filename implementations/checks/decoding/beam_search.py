"""Exact checks of beam search, on a random language of three symbols, each of which depends on all before it."""

from itertools import product

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.decoding.beam_search import beam_search

SYMBOLS, LENGTH = 3, 4


class Language:
    """Random probabilities of the next symbol after every prefix."""

    def __init__(self, generator: torch.Generator) -> None:
        beginnings = [symbols for size in range(LENGTH) for symbols in product(range(SYMBOLS), repeat=size)]
        self.table = {
            beginning: torch.randn(SYMBOLS, generator=generator, dtype=torch.float64).log_softmax(0)
            for beginning in beginnings
        }

    def __call__(self, beginning: list[int]) -> Tensor:
        """Return the log-probabilities of the next symbol."""
        return self.table[tuple(beginning)]

    def score(self, symbols: tuple[int, ...]) -> float:
        """Return the log-probability of a whole sequence."""
        return sum(self.table[symbols[:at]][symbol].item() for at, symbol in enumerate(symbols))


def wide_enough_it_is_exhaustive(generator: torch.Generator) -> float:
    """Return the difference to the best of all sequences, in score, and 1 more if the sequence is another."""
    language = Language(generator)
    best = max(product(range(SYMBOLS), repeat=LENGTH), key=language.score)
    found, score = beam_search(language, width=SYMBOLS**LENGTH, length=LENGTH)
    return difference(torch.tensor(score), torch.tensor(language.score(best))) + float(tuple(found) != best)


def one_wide_it_is_greedy(generator: torch.Generator) -> float:
    """Return whether a beam of one differs from taking the likeliest symbol at every step, for ten languages."""
    for _ in range(10):
        language, greedy = Language(generator), []
        for _ in range(LENGTH):
            greedy.append(int(language(greedy).argmax()))
        if beam_search(language, width=1, length=LENGTH)[0] != greedy:
            return 1.0
    return 0.0
