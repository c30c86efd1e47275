"""Peer of the Householder flow: the product of torch's reflectors, as one matrix."""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.peers.unitary_layer.real_householder_reflection import mirror

SIZES = {"overcomplete": {"features": 3, "reflections": 6}}


def peer(*, reflections: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def theirs(weights: dict[str, Tensor], z: Tensor) -> Tensor:
        mirrors = [mirror(weights[f"reflections.{step}.normal"]).T for step in range(reflections)]
        return z @ torch.linalg.multi_dot(mirrors) if reflections > 1 else z @ mirrors[0]

    return theirs
