"""Bilinear match: the score of a question, with memories found for it, and a candidate, by embedded bags of words.

Source: Weston, Chopra & Bordes 2015, eq. 5 (weston2014memory).

Equations:
    s(x, y) = Phi_x(x)^T U^T U Phi_y(y)
    Phi: bags of words in a space of 3 V, one part for words of the question, one for those of memories found, one for
    those of candidates

Shapes: B examples, N candidates, V words of the vocabulary; U is n x 3 V, n the width.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class BilinearMatch(nn.Module):
    """Inner product of an embedded question and an embedded candidate.

    Args:
        vocabulary: Number V of words.
        width: Number n of features of an embedding.
    """

    @checked_arguments()
    def __init__(self, *, vocabulary: int = 5, width: int = 4) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.weight = nn.Parameter(0.1 * torch.randn(width, 3 * vocabulary))

    def forward(
        self, question: Float[Tensor, "B V"], found: Float[Tensor, "B V"], candidates: Float[Tensor, "B N V"]
    ) -> Float[Tensor, "B N"]:
        """Return the score of every candidate."""
        question_map, found_map, candidate_map = self.weight.split(self.vocabulary, 1)  # parts of U
        query = F.linear(question, question_map) + F.linear(found, found_map)  # [B, n]
        return torch.einsum("bd,bnd->bn", query, F.linear(candidates, candidate_map))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, N: int = 6) -> dict[str, Tensor]:
        """Return random features in place of bags of words."""
        shapes = {
            "question": (B, self.vocabulary),
            "found": (B, self.vocabulary),
            "candidates": (B, N, self.vocabulary),
        }
        return {name: torch.randn(shape, generator=generator) for name, shape in shapes.items()}
