"""Peer of the WKV operator: that of transformers, which keeps a numerator, a denominator and their common exponent."""

from collections.abc import Callable

from torch import Tensor

from implementations.peers.state_space_layer.selective_state_space import double_precision
from implementations.peers.transformers_models import import_transformers

SIZES = {"wide": {"width": 9}, "later": {"width": 3, "depth": 0.5}}


def peer() -> Callable[..., tuple[Tensor, ...]]:
    """Return the peer as a function of our weights."""
    models = import_transformers().models.rwkv.modeling_rwkv

    def theirs(weights: dict[str, Tensor], k: Tensor, v: Tensor, m: Tensor, s: Tensor) -> tuple[Tensor, ...]:
        with double_precision():
            y, (numerator, denominator, exponent) = models.rwkv_linear_attention_cpu(
                weights["log_decay"], weights["bonus"], k, v, (m, m.new_ones(m.shape), s), return_state=True
            )
        return y, numerator / denominator, exponent + denominator.log()

    return theirs
