"""Peer of the non-linearity: e3nn's, for vectors and tensors."""

from collections.abc import Callable

from torch import Tensor

from implementations.peers.tensor_field_modules import non_linearity

SIZES = {"wide": {"degree": 1, "features": 7}}


def peer(*, features: int, degree: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    return non_linearity(features, degree)
