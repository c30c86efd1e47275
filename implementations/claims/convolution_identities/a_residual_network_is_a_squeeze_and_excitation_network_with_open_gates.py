"""Exact relation: a squeeze-and-excitation network with open gates is a residual network.

Source: Hu, Shen & Sun 2018 (hu2018squeeze), sec. 3.3.

Method: a residual network gets random weights, and a squeeze-and-excitation network gets the same. The last biases of
its excitations are a billion, whose sigmoid is one in float64.

Measures:
    agreement_error: relative difference of the logits.
    closed_difference: the same with last biases of zero.
    halved_difference: the same with last biases and last weights of zero, so that all gates are one half.
"""

import torch
from torch import nn

from implementations.architectures.convolutional.resnet import ResNet
from implementations.architectures.convolutional.senet import SENet
from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.squeeze_and_excitation import SqueezeAndExcitation


def run(seed: int) -> dict[str, float]:
    """Compare the two networks.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    residual, excited = ResNet().double().eval(), SENet().double().eval()
    with torch.no_grad():
        for parameter in excited.parameters():
            nn.init.normal_(parameter, generator=generator)
        weights = excited.state_dict()
        residual.load_state_dict({name: weights[name] for name in residual.state_dict()})
    x = residual.example_inputs(generator)["x"].double()
    expected = residual(x)
    found = {}
    for name, bias, scale in [("agreement_error", 1e9, 1), ("closed_difference", 0, 1), ("halved_difference", 0, 0)]:
        for layer in excited.modules():
            if isinstance(layer, SqueezeAndExcitation):
                nn.init.constant_(layer.excite.bias, bias)
                layer.excite.weight.data.mul_(scale)
        found[name] = difference(excited(x), expected)
    return found
