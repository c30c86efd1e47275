"""Episodic recall: the labels of the stored examples nearest to a query, with larger weights for nearer ones.

Source: Khandelwal et al. 2020, eq. 2 (khandelwal2020generalization); with equal weights the vote of nearest neighbours,
Cover & Hart 1967 (cover1967nearest).

Equations:
    p(c) = sum over i in N_k of [label_i = c] exp(-b |q - k_i|^2), divided by the sum over all c
    N_k: the k stored examples nearest to the query q; at equal distance, those stored first

Shapes: B queries, M stored examples, F features, K classes.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments


class EpisodicRecall(nn.Module):
    """Shares of classes among the nearest stored examples. It has no parameters.

    Args:
        neighbours: Number k of stored examples that count; 0 for all.
        sharpness: Factor b of squared distances; with 0 all of them count the same.
        classes: Number K of classes.

    Raises:
        ValueError: There are fewer stored examples than neighbours.

    Example:
        >>> recall = EpisodicRecall(neighbours=2, sharpness=0.0, classes=2)
        >>> recall(torch.tensor([[0.4]]), torch.tensor([[0.0], [1.0], [9.0]]), torch.tensor([0, 1, 1]))
        tensor([[0.5000, 0.5000]])
    """

    @checked_arguments(neighbours=0, sharpness=0)
    def __init__(self, *, neighbours: int = 3, sharpness: float = 1.0, classes: int = 3) -> None:
        super().__init__()
        self.neighbours, self.sharpness, self.classes = neighbours, sharpness, classes

    def forward(
        self, query: Float[Tensor, "B F"], keys: Float[Tensor, "M F"], labels: Int[Tensor, " M"]
    ) -> Float[Tensor, "B K"]:
        """Return the share of every class."""
        count = self.neighbours or len(keys)
        if len(keys) < count:
            raise ValueError(f"{len(keys)} stored examples are fewer than neighbours ({count})")
        # cdist's shortcut through a matrix product can round equal distances apart.
        distances = torch.cdist(query, keys, compute_mode="donot_use_mm_for_euclid_dist").square()  # [B, M]
        nearest = distances.argsort(dim=1, stable=True)[:, :count]
        weights = (-self.sharpness * distances.gather(1, nearest)).softmax(1)  # [B, k]
        return torch.einsum("bk,bkc->bc", weights, F.one_hot(labels[nearest], self.classes).to(weights.dtype))

    def example_inputs(self, generator: torch.Generator, *, B: int = 3, M: int = 7) -> dict[str, Tensor]:
        """Return random queries, stored examples and labels."""
        query, keys = (torch.randn(count, 4, generator=generator) for count in (B, M))
        return {"query": query, "keys": keys, "labels": torch.randint(0, self.classes, (M,), generator=generator)}
