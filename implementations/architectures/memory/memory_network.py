"""Memory network: finds supporting sentences in a memory one after the other, and answers from these.

Source: Weston, Chopra & Bordes 2015, "Memory networks", sec. 2 for the components I, G, O and R, sec. 3.1, eq. 1-8, for
the network of text (weston2014memory).

Equations:
    I: a sentence becomes a bag of words. G: it is stored in the next slot, m_H(x) = I(x)
    O: o_1 = arg max over i of s_O(x, m_i),   o_2 = arg max over i of s_O([x, m_o1], m_i)
    R: r = arg max over words w of s_R([x, m_o1, m_o2], w)
    s(x, y) = Phi_x(x)^T U^T U Phi_y(y),   with U_O for s_O and U_R for s_R
    Phi: bags of words in a space of 3 V, one part for words of the question, one for those of memories found, one for
    those of candidates

Shapes: B examples, M memories, V words of the vocabulary; U is n x 3 V, n the width.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.memory_mechanism.bilinear_match import BilinearMatch
from kb.guards import checked_arguments, checked_inputs


class Scores(NamedTuple):
    """The score of every word as an answer, and of every memory at every hop."""

    y: Float[Tensor, "B V"]
    s: Float[Tensor, "B hops M"]


class MemoryNetwork(nn.Module):
    """Hard choices: one memory at every hop, then a word.

    Args:
        vocabulary: Number V of words.
        width: Number n of features of an embedding.
        hops: Number of supporting memories to find.

    Raises:
        ValueError: There are no hops.

    Example:
        >>> story, question = torch.eye(4)[None], torch.eye(4)[:1]
        >>> MemoryNetwork(vocabulary=4)(story, question).s.shape
        torch.Size([1, 2, 4])
    """

    @checked_arguments()
    def __init__(self, *, vocabulary: int = 10, width: int = 6, hops: int = 2) -> None:
        super().__init__()
        if hops < 1:
            raise ValueError(f"hops ({hops}) must be positive")
        self.vocabulary, self.hops = vocabulary, hops
        self.output = BilinearMatch(vocabulary=vocabulary, width=width)
        self.response = BilinearMatch(vocabulary=vocabulary, width=width)

    @checked_inputs(support="M")
    def forward(
        self,
        story: Float[Tensor, "B M V"],
        question: Float[Tensor, "B V"],
        support: Int[Tensor, "B hops"] | None = None,
    ) -> Scores:
        """Return the scores of words and memories; given `support`, each hop uses the right memories found so far."""
        found, scores = torch.zeros_like(question), []
        for hop in range(self.hops):
            scores.append(self.output(question, found, story))  # [B, M]
            chosen = scores[-1].argmax(1) if support is None else support[:, hop]
            found = found + story[torch.arange(len(story), device=story.device), chosen]
        words = torch.eye(self.vocabulary, dtype=story.dtype, device=story.device).expand(len(story), -1, -1)
        return Scores(self.response(question, found, words), torch.stack(scores, 1))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, M: int = 5) -> dict[str, Tensor]:
        """Return random bags of three words; the first memory is empty."""
        shape = (B, M + 1, 3)
        words = torch.randint(0, self.vocabulary, shape, generator=generator)
        bags = F.one_hot(words, self.vocabulary).sum(2).to(torch.get_default_dtype())
        story, question = bags[:, 1:].clone(), bags[:, 0]
        story[:, 0] = 0
        return {"story": story, "question": question}
