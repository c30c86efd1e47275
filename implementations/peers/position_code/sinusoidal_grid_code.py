"""Peer of the component: the function of diffusers that computes the code, on a grid of ours."""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.peers.torchvision_models import import_torchvision

SIZES = {"wide": {"width": 12}, "tall": {"width": 4, "P": 5, "Q": 2}}


def peer(*, width: int) -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""
    import_torchvision()  # diffusers imports it, though not for this function
    from diffusers.models.embeddings import get_2d_sincos_pos_embed_from_grid

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        rows, columns = (torch.arange(size, dtype=torch.float64) for size in x.shape[1:3])
        grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"))  # the column comes first
        code = get_2d_sincos_pos_embed_from_grid(width, grid, output_type="pt")
        return x + code.view(x.shape[1:])

    return theirs
