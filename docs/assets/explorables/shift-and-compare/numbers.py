"""Numbers of the explorable: digits, and networks that are drawn as those of the experiment."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from implementations.architectures.convolutional.convolutional_network import ConvolutionalNetwork
from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.symmetry import convolution_is_equivariant as experiment
from implementations.concepts.task.digits import Digits

SIZE, CHANNELS = 8, [4, 2]
CHOSEN = [3, 4, 7]
DIGITS = 3
"""Of a dense layer's 4,096 weights: the explorable computes with these too."""
FORMS = {"ring": ("circular", 1), "zeros": ("zeros", 1), "stride": ("circular", 2)}


def data() -> dict[str, Any]:
    """Return a few digits `[8, 8]`, two convolutions, and a dense layer."""
    generator = torch.Generator().manual_seed(2)  # with it about half of the features are active
    network = experiment._initialised(ConvolutionalNetwork(in_channels=1, channels=CHANNELS), generator)
    dense = experiment._initialised(MLP(in_features=SIZE**2, hidden=[SIZE**2], out_features=1), generator)
    convolutions = [network.layers[0], network.layers[2]]
    return {
        "images": Digits(generator=generator, layout="image").images[CHOSEN, 0],
        "convolutions": [{"weight": layer.weight, "bias": layer.bias} for layer in convolutions],
        "dense": {name: value.round(decimals=DIGITS) for name, value in dense.layers[0].state_dict().items()},
    }


def cases(stored: dict[str, Any]) -> Iterator[tuple[str, list[Any], Any]]:
    """Yield functions of the explorable, their arguments, and what the library's networks compute for the same."""
    images = torch.tensor(stored["images"], dtype=torch.float64)[:, None, None]
    networks = {name: _convolutional(stored, *form) for name, form in FORMS.items()} | {"dense": _dense(stored)}
    for name, network in networks.items():
        for image, x in zip(stored["images"], images, strict=True):
            yield "features", [stored, image, name], network(x)[0].detach()
    image, x = stored["images"][0], images[0]
    for steps in (1, 3):
        # The experiment shifts down by `steps`, and to the right by twice as many.
        for name in ("ring", "zeros", "dense"):
            error = experiment.equivariance_error(networks[name], x, steps)
            yield "equivariance", [stored, image, name, steps, 2 * steps], error
    yield "equivariance", [stored, image, "stride", 0, 1], experiment._stride_error(networks["stride"], x)


def _convolutional(stored: dict[str, Any], padding: str, stride: int) -> nn.Module:
    network = ConvolutionalNetwork(in_channels=1, channels=CHANNELS, padding=padding, stride=stride).double()
    for layer, kept in zip((network.layers[0], network.layers[2]), stored["convolutions"], strict=True):
        _fill(layer, kept)
    return network.layers


def _dense(stored: dict[str, Any]) -> nn.Module:
    linear = nn.Linear(SIZE**2, SIZE**2).double()
    _fill(linear, stored["dense"])
    return nn.Sequential(nn.Flatten(), linear, nn.ReLU(), nn.Unflatten(1, (1, SIZE, SIZE)))


def _fill(layer: nn.Module, kept: dict[str, Any]) -> None:
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(kept["weight"], dtype=torch.float64))
        layer.bias.copy_(torch.tensor(kept["bias"], dtype=torch.float64))
