"""Peer of the mLSTM cell: that of transformers, step after step, in double precision and without its epsilon.

The library divides queries by the root of their width where the paper divides keys; here neither is divided.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.peers.transformers_models import import_transformers

SIZES = {"wide": {"D": 7}}


def peer() -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer; the cell has no weights."""
    models = import_transformers().models.xlstm.modeling_xlstm

    def theirs(weights: dict[str, Tensor], m: Tensor, **inputs: Tensor) -> tuple[Tensor, ...]:
        q, k, v, i, f, c, n = (inputs[name][:, None] for name in ("q", "k", "v", "i", "f", "c", "n"))  # one head
        y, (c, n, m) = models.mlstm_recurrent_sequence_native(
            q * q.shape[-1] ** 0.5,
            k,
            v,
            i,
            f,
            c_initial=c.mT,
            n_initial=n,
            m_initial=m[:, None, None],
            return_last_states=True,
            eps=0.0,
            dtype_state=torch.float64,
        )
        return y[:, 0], c[:, 0].mT, n[:, 0], m[:, 0, 0]

    return theirs
