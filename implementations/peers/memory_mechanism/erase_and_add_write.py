"""Peer of the component: `torch.addcmul` with the outer products of `torch.bmm`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.concepts.memory_mechanism.erase_and_add_write import EraseAndAddWrite


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer, and inputs; there are no weights."""
    ours = EraseAndAddWrite()

    def theirs(_: dict[str, Tensor], memory: Tensor, weights: Tensor, erase: Tensor, add: Tensor) -> Tensor:
        column = weights[:, :, None]
        erased = torch.addcmul(memory, memory, torch.bmm(column, erase[:, None]), value=-1)
        return torch.baddbmm(erased, column, add[:, None])

    return ours, theirs, ours.example_inputs(generator)
