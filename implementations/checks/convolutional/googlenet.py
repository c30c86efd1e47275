"""Exact checks of GoogLeNet in the paper's form."""

import torch
from torch import nn
from torch.nn import functional as F

from implementations.architectures.convolutional.googlenet import TINY, GoogLeNet, InceptionModule
from implementations.claims.agreement import difference


def module_by_hand(generator: torch.Generator) -> float:
    """Return the difference between a module and its four branches written out with the library's functions."""
    module = InceptionModule(4, TINY, batch=False).double()
    x = torch.randn(2, 4, 7, 6, generator=generator, dtype=torch.float64)
    layers = iter(layer for layer in module.modules() if isinstance(layer, nn.Conv2d))

    def next_layer(value: torch.Tensor) -> torch.Tensor:
        layer = next(layers)
        return F.relu(F.conv2d(value, layer.weight, layer.bias, padding=layer.weight.shape[-1] // 2))

    one, three, five = next_layer(x), next_layer(next_layer(x)), next_layer(next_layer(x))
    pooled = next_layer(F.pad(x, [1] * 4, value=-torch.inf).unfold(2, 3, 1).unfold(3, 3, 1).amax((-2, -1)))
    return difference(module(x), torch.cat([one, three, five, pooled], 1))


def heads_leave_the_classifier_alone(generator: torch.Generator) -> float:
    """Return the change of the classifier's logits when the heads are taken away, as the paper does at inference."""
    with_heads = GoogLeNet(heads=[3, 6]).double().eval()
    without = GoogLeNet().double().eval()
    without.load_state_dict({k: v for k, v in with_heads.state_dict().items() if not k.startswith("heads")})
    inputs = {name: x.double() for name, x in with_heads.example_inputs(generator).items()}
    return difference(without(**inputs), with_heads(**inputs).y)
