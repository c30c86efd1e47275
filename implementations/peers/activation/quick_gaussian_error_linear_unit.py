"""Peer of the component: that of transformers."""

from collections.abc import Callable

from torch import Tensor

from implementations.peers.transformers_models import import_transformers


def peer() -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    function = import_transformers().activations.ACT2FN["quick_gelu"]

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        return function(x)

    return theirs
