"""Peer of random masking: that of transformers' masked autoencoder."""

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace

from torch import Tensor

from implementations.peers.transformers_models import import_transformers

SIZES = {"a-third": {"masked": 0.3}, "none": {"masked": 0.0}}


def peer(*, masked: float) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return the peer as a function of our weights, of which there are none."""
    import_transformers()
    embeddings = import_module("transformers.models.vit_mae.modeling_vit_mae").ViTMAEEmbeddings
    layout = SimpleNamespace(config=SimpleNamespace(mask_ratio=masked))  # all that the method needs of the model

    def theirs(weights: dict[str, Tensor], x: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        visible, hidden, _ = embeddings.random_masking(layout, x, noise)
        return visible, hidden.to(x.dtype)

    return theirs
