"""Exact checks of the pre-activation residual network."""

import torch
from torch import nn
from torch.nn import functional as F

from implementations.architectures.convolutional.pre_activation_resnet import PreActivationBlock, PreActivationResNet
from implementations.claims.agreement import difference


def sum_of_branches(generator: torch.Generator) -> float:
    """Return the difference between the last feature map and the first plus all branches."""
    net = _randomised(PreActivationResNet(blocks=[4], width=6), generator)
    first = net.stem(net.example_inputs(generator)["x"].double())
    total, x = first.clone(), first
    for block in net.stages[0]:
        total = total + block.branch(block.activate(x))
        x = block(x)
    return difference(net.stages(first), total)


def identity_without_branches(generator: torch.Generator) -> float:
    """Return the change of a signal and of a gradient that pass stages whose branches end in zero."""
    net = _randomised(PreActivationResNet(blocks=[3], width=6), generator)
    for block in net.stages[0]:
        nn.init.zeros_(block.branch[-1].weight)
    x = torch.randn(2, 6, 5, 4, generator=generator, dtype=torch.float64, requires_grad=True)
    y = net.stages(x)
    upstream = torch.randn(y.shape, generator=generator, dtype=torch.float64)
    (received,) = torch.autograd.grad(y, x, upstream)
    return max(difference(y, x), difference(received, upstream))


def block_by_hand(generator: torch.Generator) -> float:
    """Return the difference between a strided bottleneck block and the same, function by function."""
    block = _randomised(PreActivationBlock("bottleneck", 6, 3, 2), generator)
    x = torch.randn(2, 6, 8, 7, generator=generator, dtype=torch.float64)

    def normalised(value: torch.Tensor, norm: nn.BatchNorm2d) -> torch.Tensor:
        shape = (1, -1, 1, 1)
        centred = (value - norm.running_mean.view(shape)) / (norm.running_var.view(shape) + norm.eps).sqrt()
        return F.relu(centred * norm.weight.view(shape) + norm.bias.view(shape))

    norms = [layer for layer in block.modules() if isinstance(layer, nn.BatchNorm2d)]
    narrow, middle, wide = (layer.weight for layer in block.branch if isinstance(layer, nn.Conv2d))
    active = normalised(x, norms[0])
    inside = normalised(F.conv2d(active, narrow), norms[1])
    inside = normalised(F.conv2d(inside, middle, stride=2, padding=1), norms[2])
    expected = F.conv2d(active, block.projection.weight, stride=2) + F.conv2d(inside, wide)
    return difference(block(x), expected)


def _randomised(module: nn.Module, generator: torch.Generator) -> nn.Module:
    """Return the module in eval mode with random statistics and scales of its normalisations."""
    module = module.double().eval()
    with torch.no_grad():
        for norm in (layer for layer in module.modules() if isinstance(layer, nn.BatchNorm2d)):
            for value in (norm.weight, norm.running_var):
                value.copy_(0.5 + torch.rand(value.shape, generator=generator, dtype=value.dtype))
            for value in (norm.bias, norm.running_mean):
                value.copy_(0.3 * torch.randn(value.shape, generator=generator, dtype=value.dtype))
    return module
