"""Peer of vector quantisation: `VectorQuantizer` of diffusers."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.peers.torchvision_models import import_torchvision

SIZES = {"many-codes": {"codes": 9, "width": 2}, "one-code": {"codes": 1, "width": 4}}


def peer(*, codes: int, width: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    module = quantiser(codes, width)

    def theirs(weights: dict[str, Tensor], z: Tensor, training: bool = False) -> Tensor:
        named, images = {"embedding.weight": weights["codebook"]}, z.reshape(-1, width, 1, 1)
        found, _, (_, _, nearest) = torch.func.functional_call(module, named, (images,))
        if not training:  # its gradient passes the quantiser in either mode: look the vectors up
            found = torch.func.functional_call(module.embedding, {"weight": weights["codebook"]}, (nearest,))
        return found.reshape(z.shape)

    return theirs


def quantiser(codes: int, width: int, commitment: float = 0.25) -> nn.Module:
    """Return the library's module, without the mistake in its loss that it keeps by default."""
    import_torchvision()  # diffusers imports it, though not for this module
    from diffusers.models.autoencoders.vq_model import VectorQuantizer

    return VectorQuantizer(codes, width, beta=commitment, legacy=False).double()
