"""Complementary learning system: a network that learns slowly, beside a memory that stores examples at once.

Source: Kumaran, Hassabis & McClelland 2016 (kumaran2016what) and McClelland, McNaughton & O'Reilly 1995
(mcclelland1995why) for the two systems; Khandelwal et al. 2020, "Generalization through memorization: nearest neighbor
language models", eq. 2 and 3, for the mixture (khandelwal2020generalization).

Equations:
    p(c | x) = m p_memory(c | x) + (1 - m) p_network(c | x)
    p_memory(c | x) = sum over i in N_k(x) of [label_i = c] exp(-b |f(x) - f(m_i)|^2), divided by the sum over all c
    p_network = softmax(W f(x) + b),   with f a perceptron of one hidden layer
    in the memory, f is the identity, or the hidden layer

Shapes: B examples, F features, M stored examples, K classes.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.memory_mechanism.episodic_recall import EpisodicRecall
from kb.guards import checked_arguments, checked_inputs


class ComplementaryLearningSystem(nn.Module):
    """Mixture of a perceptron and a vote of stored examples. The examples are an input, as for nearest neighbours.

    Args:
        in_features: Number F of features.
        hidden: Units of the hidden layer.
        classes: Number K of classes.
        mixing: Share m of the memory, from 0, the network alone, to 1, the memory alone.
        neighbours: Number k of stored examples that vote; 0 for all.
        sharpness: Factor b of squared distances; with 0 all votes count the same.
        hidden_keys: Whether examples are compared by the hidden layer instead of by their features.

    Raises:
        ValueError: The share is not between 0 and 1.

    Example:
        >>> net = ComplementaryLearningSystem(mixing=1.0, neighbours=1, classes=2)
        >>> net(torch.ones(1, 4), torch.tensor([[1.0] * 4, [5.0] * 4]), torch.tensor([1, 0])).exp().tolist()
        [[0.0, 1.0]]
    """

    @checked_arguments(neighbours=0, sharpness=0)
    def __init__(
        self,
        *,
        in_features: int = 4,
        hidden: int = 8,
        classes: int = 3,
        mixing: float = 0.5,
        neighbours: int = 3,
        sharpness: float = 1.0,
        hidden_keys: bool = False,
    ) -> None:
        super().__init__()
        if not 0 <= mixing <= 1:
            raise ValueError(f"mixing ({mixing}) must be between 0 and 1")
        self.mixing, self.hidden_keys = mixing, hidden_keys
        self.encode = nn.Sequential(nn.Linear(in_features, hidden), nn.ReLU())
        self.classify = nn.Linear(hidden, classes)
        self.recall = EpisodicRecall(neighbours=neighbours, sharpness=sharpness, classes=classes)

    @checked_inputs()
    def forward(
        self, x: Float[Tensor, "B F"], memory: Float[Tensor, "M F"], labels: Int[Tensor, " M"]
    ) -> Float[Tensor, "B K"]:
        """Return the logarithms of the probabilities of classes; -inf for a class without a vote if memory is alone.

        Probabilities are added as logarithms: one that is below the smallest number still has a finite logarithm.
        """
        code = self.encode(x)
        query, keys = (code, self.encode(memory)) if self.hidden_keys else (x, memory)
        share_of_memory, share_of_network = x.new_tensor([self.mixing, 1 - self.mixing]).log()
        votes, learned = self.recall(query, keys, labels), self.classify(code).log_softmax(1)
        remembered = votes.where(votes > 0, 1.0).log().masked_fill(votes == 0, -torch.inf)  # gradients stay finite
        return torch.logaddexp(share_of_memory + remembered, share_of_network + learned)

    def example_inputs(self, generator: torch.Generator, *, B: int = 4, M: int = 9) -> dict[str, Tensor]:
        """Return questions and stored examples, of which none has the last class."""
        features, classes = self.encode[0].in_features, self.recall.classes
        memory = torch.randn(M, features, generator=generator)
        labels = torch.randint(0, max(1, classes - 1), (M,), generator=generator)
        return {"x": torch.randn(B, features, generator=generator), "memory": memory, "labels": labels}
