"""Peer of the k-nearest-neighbour classifier: scikit-learn's, which finds neighbours by its own search."""

from collections.abc import Callable

import torch
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor

SIZES = {"five": {"neighbours": 5, "classes": 4, "B": 20, "M": 60}}


def peer(*, neighbours: int, classes: int) -> Callable[..., Tensor]:
    """Return scikit-learn's classifier as a function of queries and stored examples; there are no weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, memory: Tensor, labels: Tensor) -> Tensor:
        model = KNeighborsClassifier(n_neighbors=neighbours).fit(memory.detach().numpy(), labels.numpy())
        found = torch.from_numpy(model.predict_proba(x.detach().numpy())).to(x.dtype)
        seen = torch.from_numpy(model.classes_)  # its output has columns for these classes only
        return x.new_zeros(len(x), classes).index_copy(1, seen, found)

    return theirs


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., Tensor], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    x, memory = (
        torch.randn(count, 64, generator=generator) for count in (360, 1437)
    )  # a fifth of the digits is for the test
    return "digits", peer(neighbours=3, classes=10), {"x": x, "memory": memory, "labels": torch.arange(1437) % 10}
