"""Peer of the batch-normalised network: PyTorch Geometric's multilayer perceptron with batch normalisation."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch_geometric.nn import MLP

from implementations.peers.modules import with_our_weights


def peer(*, in_features: int, hidden: Sequence[int], classes: int, activation: str) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    last = len(hidden)
    widths, bias = [in_features, *hidden, classes], [False] * last + [True]
    module = MLP(widths, act=activation, norm="batch_norm", bias=bias, dropout=0.0)

    def translated(weights: dict[str, Tensor]) -> dict[str, Tensor]:
        named = {}
        for layer in range(last):
            named[f"lins.{layer}.weight"] = weights[f"layers.{layer}.0.weight"]
            for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
                named[f"norms.{layer}.module.{name}"] = weights[f"layers.{layer}.1.{name}"]
        return named | {f"lins.{last}.{name}": weights[f"read_out.{name}"] for name in ("weight", "bias")}

    return with_our_weights(module, translated)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "ioffe-2015",
        MLP([784, 100, 100, 100, 10], act="sigmoid", norm="batch_norm", bias=[False, False, False, True]),
        {"x": torch.randn(128, 784, generator=generator)},
    )
