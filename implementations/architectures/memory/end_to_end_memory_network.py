"""End-to-end memory network: reads a memory of sentences several times by soft attention before it answers.

Source: Sukhbaatar et al. 2015, "End-to-end memory networks", eq. 1-4; sec. 2.2 for the tying of weights, 4.1 for the
codes of position and time, 4.2 for the linear start (sukhbaatar2015end).

Equations:
    m_i = sum over j of l_j * A x_ij + T_A(i),   c_i the same with C and T_C,   u = sum over j of l_j * B q_j
    l_kj = (1 - j / J) - (k / d) (1 - 2 j / J)         for feature k of d and word j of J; 1 for a bag of words
    p_i = softmax over i of (u . m_i),   o = sum over i of p_i c_i,   u' = u + o     once for every hop
    answer = softmax(W u)
    adjacent:   A of a hop is C of the hop before, B is the first A, W^T the last C
    layer-wise: A and C are those of all hops, and u' = H u + o
    T(i) belongs to the i-th sentence counted from the last

Shapes: B examples, M sentences, T words of a sentence, S words of the question, V words of the vocabulary, D width.
"""

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.memory_mechanism.age_code import AgeCode
from implementations.concepts.memory_mechanism.memory_hop import MemoryHop
from implementations.concepts.memory_mechanism.position_weighted_sum import PositionWeightedSum
from kb.guards import checked_arguments, checked_inputs


class EndToEndMemoryNetwork(nn.Module):
    """Hops over embedded sentences, and an answer of one word.

    Args:
        vocabulary: Number V of words.
        width: Number D of features of an embedded sentence.
        hops: How often the memory is read.
        tying: Which matrices are the same: `adjacent` or `layer-wise`.
        position_code: Whether the order of the words of a sentence counts.
        memories: How many sentences have a code for their age; only the last ones of a longer story are kept. With 0
            there is no such code, all sentences are kept, and their order does not count.
        linear: Whether the hops have no softmax, as at the start of training.

    Raises:
        ValueError: The tying is unknown, or there are no hops.

    Example:
        >>> net = EndToEndMemoryNetwork(vocabulary=10)
        >>> net(torch.zeros(2, 4, 3, 10), torch.zeros(2, 5, 10)).shape
        torch.Size([2, 10])
    """

    @checked_arguments(memories=0)
    def __init__(
        self,
        *,
        vocabulary: int = 10,
        width: int = 6,
        hops: int = 3,
        tying: str = "adjacent",
        position_code: bool = True,
        memories: int = 16,
        linear: bool = False,
    ) -> None:
        super().__init__()
        if tying not in ("adjacent", "layer-wise"):
            raise ValueError(f"tying ({tying!r}) must be adjacent or layer-wise")
        self.hops, self.memories = hops, memories
        tied = tying == "adjacent"
        kinds = hops + 1 if tied else 2
        self.words = nn.ParameterList(0.1 * torch.randn(width, vocabulary) for _ in range(kinds))
        self.ages = nn.ModuleList(AgeCode(memories=memories, width=width) for _ in range(kinds if memories else 0))
        self.position_weighted_sum = PositionWeightedSum() if position_code else None
        own = () if tied else ("question", "answer")
        self.own = nn.ParameterDict({name: 0.1 * torch.randn(width, vocabulary) for name in own})
        self.hop = MemoryHop(width=width, mapped=not tied, linear=linear)

    @checked_inputs()
    def forward(self, story: Float[Tensor, "B M T V"], question: Float[Tensor, "B S V"]) -> Float[Tensor, "B V"]:
        """Return the logits of all words as answers; words are one-hot, and zero where there is none."""
        memories = self._memories(story)
        tied = not self.own
        u = self._sentences(question, self.words[0] if tied else self.own["question"])  # [B, D]
        for m, c in pairwise(memories) if tied else [memories] * self.hops:
            u = self.hop(u, m, c)
        return F.linear(u, (self.words[-1] if tied else self.own["answer"]).T)

    def _memories(self, story: Float[Tensor, "B M T V"]) -> list[Tensor]:
        """Return the stored sentences, embedded by every matrix."""
        recent = story[:, -self.memories :]  # all of them where there are no codes of age
        embedded = [self._sentences(recent, words) for words in self.words]
        if not self.memories:
            return embedded
        return [age(m) for m, age in zip(embedded, self.ages, strict=True)]

    def _sentences(self, text: Float[Tensor, "*B T V"], words: Float[Tensor, "D V"]) -> Float[Tensor, "*B D"]:
        """Return one vector for every sentence."""
        embedded = F.linear(text, words)  # [..., T, D]
        return self.position_weighted_sum(embedded) if self.position_weighted_sum else embedded.sum(-2)

    def example_inputs(
        self, generator: torch.Generator, *, B: int = 3, M: int = 5, T: int = 4, S: int = 3
    ) -> dict[str, Tensor]:
        """Return random one-hot words; the first sentence is empty, and the second is a word short."""
        vocabulary = self.words[0].shape[1]
        story, question = (
            F.one_hot(torch.randint(0, vocabulary, shape, generator=generator), vocabulary).to(
                torch.get_default_dtype()
            )
            for shape in ((B, M, T), (B, S))
        )
        story[:, 0] = 0
        story[:, 1:2, -1] = 0
        return {"story": story, "question": question}
