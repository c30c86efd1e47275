"""Peer of the component: sums that run along the sequence, by `torch.cumsum`."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F


def peer() -> Callable[..., Tensor]:
    """Return the peer; there are no weights."""

    def theirs(weights: dict[str, Tensor], q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        q, k = F.elu(q) + 1, F.elu(k) + 1
        memories = torch.einsum("btd,bte->btde", k, v).cumsum(1)
        return torch.einsum("btd,btde->bte", q, memories) / (q * k.cumsum(1)).sum(-1, keepdim=True)

    return theirs
