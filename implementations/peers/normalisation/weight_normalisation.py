"""Peer of the component: torch's parametrisation of a linear layer."""

from collections.abc import Callable

from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from implementations.peers.modules import with_our_weights

SIZES = {"wide": {"in_features": 7, "out_features": 2}}


def peer(*, in_features: int, out_features: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        return {
            "bias": weights["bias"],
            "parametrizations.weight.original0": weights["length"],
            "parametrizations.weight.original1": weights["direction"],
        }

    return with_our_weights(weight_norm(nn.Linear(in_features, out_features).double()), translated)
