"""Exact relation: a residual network of bottlenecks is a ResNeXt with one path.

Source: Xie et al. 2017 (xie2017aggregated), Table 3.

Method: a residual network gets random weights, and a ResNeXt with one path gets the same. For the control it gets two
paths of half the width, with the filters that are left.

Measures:
    agreement_error: relative difference of the logits.
    two_paths_difference: the same with two paths.
"""

import torch
from torch import nn

from implementations.architectures.convolutional.resnet import ResNet
from implementations.architectures.convolutional.resnext import ResNeXt
from implementations.claims.agreement import difference


def run(seed: int) -> dict[str, float]:
    """Compare the two networks.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    residual = ResNet(block="bottleneck").double().eval()
    with torch.no_grad():
        for parameter in residual.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    x = residual.example_inputs(generator)["x"].double()
    return {
        name: difference(with_weights(ResNeXt(cardinality=paths, path=4 // paths), residual)(x), residual(x))
        for name, paths in [("agreement_error", 1), ("two_paths_difference", 2)]
    }


def with_weights(net: ResNeXt, residual: ResNet) -> nn.Module:
    """Give a network the weights of another, of each filter those of the first channels that it has."""
    values = residual.state_dict()
    own = net.double().eval().state_dict()
    net.load_state_dict(
        {
            name: values[name][:, : tensor.shape[1]] if tensor.dim() == 4 else values[name]
            for name, tensor in own.items()
        }
    )
    return net
