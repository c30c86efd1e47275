"""Peer of the batch-normalised network: PyTorch Geometric's multilayer perceptron with batch normalisation."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch_geometric.nn import MLP

from implementations.architectures.feedforward.batch_normalised_network import BatchNormalisedNetwork


def pair(generator: torch.Generator) -> tuple[nn.Module, Callable[..., Tensor], dict[str, Tensor]]:
    """Return our module, the peer as a function of our weights, and inputs."""
    ours = BatchNormalisedNetwork().double().eval()
    peer = MLP([6, 8, 7, 4], act="sigmoid", norm="batch_norm", bias=[False, False, True]).double().eval()

    def theirs(weights: dict[str, Tensor], x: Tensor) -> Tensor:
        translated = {}
        for layer in (0, 1):
            translated[f"lins.{layer}.weight"] = weights[f"layers.{layer}.0.weight"]
            for name in ("weight", "bias", "running_mean", "running_var"):
                translated[f"norms.{layer}.module.{name}"] = weights[f"layers.{layer}.1.{name}"]
        translated |= {f"lins.2.{name}": weights[f"read_out.{name}"] for name in ("weight", "bias")}
        return torch.func.functional_call(peer, translated, (x,))

    return ours, theirs, ours.example_inputs(generator)


def at_scale(generator: torch.Generator) -> tuple[str, nn.Module, dict[str, Tensor]]:
    """Return the variant of ours, the peer with weights of its own, and inputs, that are timed against each other."""
    return (
        "ioffe-2015",
        MLP([784, 100, 100, 100, 10], act="sigmoid", norm="batch_norm", bias=[False, False, False, True]),
        {"x": torch.randn(128, 784, generator=generator)},
    )
