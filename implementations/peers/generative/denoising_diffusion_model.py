"""Peer of the diffusion model's denoiser: the network of diffusers that is the peer of the U-Net too."""

from collections.abc import Callable, Sequence

from torch import Tensor

from implementations.peers.convolution_layer import time_conditioned_u_net

SIZES = {
    "colour": {"image": [3, 8, 4], "width": 6, "multipliers": [1, 1, 2], "blocks": 2, "groups": 3, "H": 8, "W": 12}
}


def denoiser(
    *, image: Sequence[int], width: int, multipliers: Sequence[int], blocks: int, attention: Sequence[int], groups: int
) -> Callable[..., Tensor]:
    """Return the peer as a function of the denoiser's weights."""
    return time_conditioned_u_net.peer(
        channels=image[0], width=width, multipliers=multipliers, blocks=blocks, attention=attention, groups=groups
    )
