"""k-nearest-neighbour classifier: the classes of the k stored examples that are nearest to the input.

Source: Cover & Hart 1967, "Nearest neighbor pattern classification" (cover1967nearest).

Equations:
    p(c | x) = 1/k sum over i in N_k(x) of [label_i = c]
    N_k(x): the k stored examples with the smallest Euclidean distance |x - m_i|; at equal distance, those stored first

Shapes: B queries, F features, M stored examples, K classes.

Differs: none.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.component.majority_vote import MajorityVote


class KNearestNeighbours(nn.Module):
    """Classify by a vote of the nearest stored examples. It has no parameters: the examples are an input.

    Ties are broken by order of storage: among examples at the same distance, those stored first are the neighbours.
    Classes with equally many votes get equal shares, and the caller decides.

    Args:
        neighbours: Number k of neighbours that vote.
        classes: Number K of classes.

    Raises:
        ValueError: `neighbours` or `classes` is not positive, or there are fewer stored examples than neighbours.

    Example:
        >>> knn = KNearestNeighbours(neighbours=1, classes=2)
        >>> knn(torch.tensor([[0.9]]), torch.tensor([[0.0], [1.0]]), torch.tensor([0, 1]))
        tensor([[0., 1.]])
    """

    def __init__(self, *, neighbours: int = 3, classes: int = 3) -> None:
        super().__init__()
        if neighbours < 1 or classes < 1:
            raise ValueError(f"neighbours ({neighbours}) and classes ({classes}) must be positive")
        self.neighbours = neighbours
        self.vote = MajorityVote(classes=classes)

    def forward(
        self, x: Float[Tensor, "B F"], memory: Float[Tensor, "M F"], labels: Int[Tensor, " M"]
    ) -> Float[Tensor, "B K"]:
        """Return the share of each class among the nearest stored examples."""
        if len(memory) < self.neighbours:
            raise ValueError(f"{len(memory)} stored examples are fewer than neighbours ({self.neighbours})")
        # cdist's shortcut through a matrix product can round equal distances apart.
        distances = torch.cdist(x, memory, compute_mode="donot_use_mm_for_euclid_dist")  # [B, M]
        nearest: list[Tensor] = []
        for _ in range(self.neighbours):  # a few passes, where sorting all distances would take long
            nearest.append(distances.argmin(1, keepdim=True))  # of equal distances the first
            distances = distances.scatter(1, nearest[-1], torch.inf)
        return self.vote(labels[torch.cat(nearest, 1)], x.dtype)

    def example_inputs(self, generator: torch.Generator, *, B: int = 4, M: int = 12, F: int = 5) -> dict[str, Tensor]:
        """Return queries and stored examples, with a class that no example has."""
        memory = torch.randn(M, F, generator=generator)
        labels = torch.randint(0, max(1, self.vote.classes - 1), (M,), generator=generator)
        return {"x": torch.randn(B, F, generator=generator), "memory": memory, "labels": labels}
