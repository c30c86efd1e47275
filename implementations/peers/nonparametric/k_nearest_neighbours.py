"""Peer of the k-nearest-neighbour classifier: scikit-learn's, which finds neighbours by its own search."""

from collections.abc import Callable

import torch
from sklearn.neighbors import KNeighborsClassifier
from torch import Tensor, nn

from implementations.architectures.nonparametric.k_nearest_neighbours import KNearestNeighbours


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs in which every class occurs (scikit-learn has columns for these only)."""
    ours = KNearestNeighbours(neighbours=5, classes=4)

    def theirs(weights: dict[str, Tensor], x: Tensor, memory: Tensor, labels: Tensor) -> Tensor:
        model = KNeighborsClassifier(n_neighbors=5).fit(memory.detach().numpy(), labels.numpy())
        return torch.from_numpy(model.predict_proba(x.detach().numpy())).double()

    inputs = ours.example_inputs(generator, B=20, M=60)
    return ours, theirs, inputs | {"labels": torch.arange(60) % 4}
