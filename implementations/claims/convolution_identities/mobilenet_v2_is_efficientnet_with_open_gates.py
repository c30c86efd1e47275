"""Exact relation: EfficientNet with open gates and the units of MobileNetV2 is MobileNetV2.

Source: Tan & Le 2019 (tan2019efficientnet), sec. 4; Sandler et al. 2018 (sandler2018mobilenetv2).

Method: a MobileNetV2 gets random weights, and an EfficientNet of the same stages gets the same. Its units are replaced,
and the last biases of its excitations are a billion, whose sigmoid is one in float64.

Measures:
    agreement_error: relative difference of the logits.
    closed_difference: the same with last biases of zero.
    swish_difference: the same with open gates and the units of EfficientNet.
"""

import torch
from torch import nn

from implementations.architectures.convolutional.efficientnet import EfficientNet, SwishExcitation
from implementations.architectures.convolutional.mobilenet_v2 import MobileNetV2
from implementations.claims.agreement import difference


def run(seed: int) -> dict[str, float]:
    """Compare the two networks.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    stages = [(1, 4, 1, 1), (2, 8, 2, 2)]
    mobile = MobileNetV2(stages=stages).double().eval()
    with torch.no_grad():
        for parameter in mobile.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    x = mobile.example_inputs(generator)["x"].double()
    found = {}
    for name, bias, unit in [
        ("agreement_error", 1e9, nn.ReLU6),
        ("closed_difference", 0, nn.ReLU6),
        ("swish_difference", 1e9, nn.SiLU),
    ]:
        net = EfficientNet(stages=[(t, 3, channels, blocks, stride) for t, channels, blocks, stride in stages])
        for parameter in net.double().eval().parameters():
            nn.init.normal_(parameter, std=0.1, generator=generator)
        found[name] = difference(with_weights(net, mobile, bias, unit)(x), mobile(x))
    return found


def with_weights(net: EfficientNet, mobile: MobileNetV2, bias: float, unit: type[nn.Module]) -> EfficientNet:
    """Give a network other units, the weights of a MobileNetV2, and one last bias to all excitations."""
    for layer in list(net.modules()):
        for name, child in layer.named_children():
            if isinstance(child, nn.SiLU):
                setattr(layer, name, unit())
        if isinstance(layer, SwishExcitation):
            nn.init.constant_(layer.excite.bias, bias)
    shared = [name for name in net.state_dict() if ".squeeze." not in name and ".excite." not in name]
    values = dict(zip(shared, mobile.state_dict().values(), strict=True))
    net.load_state_dict(values, strict=False)
    return net
