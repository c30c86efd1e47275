"""Peer of the component: `torch.lerp`, a convolution with circular padding, and `F.normalize` of powers."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.memory_mechanism.location_based_addressing import LocationBasedAddressing


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs; there are no weights."""
    ours = LocationBasedAddressing()

    def theirs(
        weights: dict[str, Tensor], content: Tensor, previous: Tensor, gate: Tensor, shift: Tensor, sharpness: Tensor
    ) -> Tensor:
        mixed = torch.lerp(previous, content, gate[:, None].expand_as(content))
        padded = F.pad(mixed[None], (1, 1), mode="circular")
        moved = F.conv1d(padded, shift.flip(1)[:, None], groups=len(shift))[0]  # conv1d correlates
        return F.normalize(torch.exp(sharpness[:, None] * moved.log()), p=1, dim=1)

    return ours, theirs, ours.example_inputs(generator)
