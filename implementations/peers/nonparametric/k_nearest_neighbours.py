"""Peer of the k-nearest-neighbour classifier: scikit-learn's, which finds neighbours by its own search."""

from collections.abc import Callable

import torch
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor, nn

from implementations.architectures.nonparametric.k_nearest_neighbours import KNearestNeighbours


def classifier(neighbours: int) -> Callable[..., Tensor]:
    """Return scikit-learn's classifier as a function of queries and stored examples; there are no weights."""

    def theirs(weights: dict[str, Tensor], x: Tensor, memory: Tensor, labels: Tensor) -> Tensor:
        model = KNeighborsClassifier(n_neighbors=neighbours).fit(memory.detach().numpy(), labels.numpy())
        return torch.from_numpy(model.predict_proba(x.detach().numpy())).to(x.dtype)

    return theirs


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs in which every class occurs (scikit-learn has columns for these only)."""
    ours = KNearestNeighbours(neighbours=5, classes=4)
    inputs = ours.example_inputs(generator, B=20, M=60)
    return ours, classifier(5), inputs | {"labels": torch.arange(60) % 4}


def at_scale(generator: torch.Generator) -> tuple[str, Callable[..., Tensor], dict[str, Tensor]]:
    """Return the variant of ours, the peer as a function of its weights, and inputs, that are timed together."""
    x, memory = (
        torch.randn(count, 64, generator=generator) for count in (360, 1437)
    )  # a fifth of the digits is tested
    return "digits", classifier(3), {"x": x, "memory": memory, "labels": torch.arange(1437) % 10}
