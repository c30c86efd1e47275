"""k-nearest-neighbour classifier: the classes of the k stored examples that are nearest to the input.

Source: Cover & Hart 1967, "Nearest neighbor pattern classification" (cover1967nearest).

Equations:
    p(c | x) = 1/k sum over i in N_k(x) of [label_i = c]
    N_k(x): the k stored examples with the smallest Euclidean distance |x - m_i|; at equal distance, those stored first

Shapes: B queries, F features, M stored examples, K classes.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from implementations.concepts.component.majority_vote import MajorityVote
from kb.guards import checked_arguments, checked_inputs


def nearest(x: Float[Tensor, "B F"], memory: Float[Tensor, "M F"], k: int) -> Int[Tensor, "B k"]:
    """Return the indices of the k stored examples nearest to each query, nearest first, ties by order of storage.

    A matrix product finds all that can be among them, up to its rounding errors. Only their distances are computed from
    differences, which takes longer, but lets equal distances come out equal.
    """
    squares = memory.square().sum(1)
    rounded = torch.addmm(squares, x, memory.T, alpha=-2)  # [B, M], squared distances less |x|^2
    size = x.square().sum(1, keepdim=True) + squares.max()
    slack = 8 * x.shape[1] * torch.finfo(x.dtype).eps * size  # twice what a product of F terms may be off
    query, position = (rounded <= rounded.topk(k, largest=False).values[:, -1:] + slack).nonzero(as_tuple=True)
    by_distance = (x[query] - memory[position]).norm(dim=1).sort(stable=True).indices
    by_query = by_distance[query[by_distance].sort(stable=True).indices]
    first = torch.searchsorted(query, torch.arange(len(x), device=x.device))  # of the candidates of each query
    return position[by_query[first[:, None] + torch.arange(k, device=x.device)]]


class KNearestNeighbours(nn.Module):
    """Classify by a vote of the nearest stored examples. It has no parameters: the examples are an input.

    Ties are broken by order of storage: among examples at the same distance, those stored first are the neighbours.
    Classes with equally many votes get equal shares, and the caller decides.

    Args:
        neighbours: Number k of neighbours that vote.
        classes: Number K of classes.

    Raises:
        ValueError: There are fewer stored examples than neighbours.

    Example:
        >>> knn = KNearestNeighbours(neighbours=1, classes=2)
        >>> knn(torch.tensor([[0.9]]), torch.tensor([[0.0], [1.0]]), torch.tensor([0, 1]))
        tensor([[0., 1.]])
    """

    @checked_arguments()
    def __init__(self, *, neighbours: int = 3, classes: int = 3) -> None:
        super().__init__()
        self.neighbours = neighbours
        self.vote = MajorityVote(classes=classes)

    @checked_inputs()
    def forward(
        self, x: Float[Tensor, "B F"], memory: Float[Tensor, "M F"], labels: Int[Tensor, " M"]
    ) -> Float[Tensor, "B K"]:
        """Return the share of each class among the nearest stored examples."""
        if len(memory) < self.neighbours:
            raise ValueError(f"{len(memory)} stored examples are fewer than neighbours ({self.neighbours})")
        numbers = (values.nan_to_num(0, torch.inf, -torch.inf) for values in (x, memory))
        shares = self.vote(labels[nearest(*numbers, self.neighbours)], x.dtype)
        unknown = x.isnan().any(1) | memory.isnan().any()  # an input that is not a number has no neighbours
        return shares.masked_fill(unknown[:, None], torch.nan)

    def example_inputs(self, generator: torch.Generator, *, B: int = 4, M: int = 12, F: int = 5) -> dict[str, Tensor]:
        """Return queries and stored examples, with a class that no example has."""
        memory = torch.randn(M, F, generator=generator)
        labels = torch.randint(0, max(1, self.vote.classes - 1), (M,), generator=generator)
        return {"x": torch.randn(B, F, generator=generator), "memory": memory, "labels": labels}
