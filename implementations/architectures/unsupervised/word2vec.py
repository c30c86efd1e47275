"""word2vec, the skip-gram model with negative sampling: vectors of words whose products predict neighbours.

Source: Mikolov et al. 2013 (mikolov2013efficient) for the model; Mikolov et al. 2013, "Distributed representations of
words and phrases and their compositionality", eq. 4 (mikolov2013distributed); the start of training is that of the
authors' code.

Equations:
    score of c near w = v'_c . v_w                        v: vectors of words, v': vectors of neighbours
    loss of a pair: negative sampling
    v ~ U(-1 / (2 D), 1 / (2 D)),  v' = 0                 at the start of training

Shapes: B words, V words of the vocabulary, D features of a vector.

Differs:
    1. The scores of all words of the vocabulary are computed, not only those of the pairs that are drawn.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class Word2Vec(nn.Module):
    """Two tables, one of words and one of their neighbours.

    Args:
        vocabulary: Number V of words.
        width: Number D of features of a vector.

    Example:
        >>> Word2Vec(vocabulary=9)(torch.eye(9)[:2]).shape
        torch.Size([2, 9])
    """

    @checked_arguments()
    def __init__(self, *, vocabulary: int = 7, width: int = 4) -> None:
        super().__init__()
        self.words = nn.Linear(vocabulary, width, bias=False)
        self.neighbours = nn.Linear(width, vocabulary, bias=False)
        nn.init.uniform_(self.words.weight, -0.5 / width, 0.5 / width)
        nn.init.zeros_(self.neighbours.weight)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B V"]) -> Float[Tensor, "B V"]:
        """Return the scores of all words as neighbours of some words, which are given as one-hot vectors."""
        return self.neighbours(self.words(x))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random words."""
        vocabulary = self.words.in_features
        chosen = torch.randint(0, vocabulary, (B,), generator=generator)
        return {"x": nn.functional.one_hot(chosen, vocabulary).to(torch.get_default_dtype())}
