"""Exact checks of the reversible residual network."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.convolutional.reversible_residual_network import ReversibleResidualNetwork
from implementations.claims.agreement import difference


def randomised(generator: torch.Generator, **arguments: object) -> ReversibleResidualNetwork:
    """Return a network in evaluation mode with arbitrary weights, scales and statistics."""
    net = ReversibleResidualNetwork(**arguments).double().eval()
    for norm in (layer for layer in net.modules() if isinstance(layer, nn.BatchNorm2d)):
        for value in (norm.weight.data, norm.running_var):
            value.copy_(0.5 + torch.rand(value.shape, generator=generator, dtype=value.dtype))
        for value in (norm.bias.data, norm.running_mean):
            value.copy_(0.3 * torch.randn(value.shape, generator=generator, dtype=value.dtype))
    return net


def images(generator: torch.Generator) -> Tensor:
    """Return random images with odd and even sides."""
    return torch.randn(3, 3, 7, 6, generator=generator, dtype=torch.float64)


def input_is_recovered(generator: torch.Generator) -> float:
    """Return the difference between the input of the first stage and what is computed from its output."""
    net = randomised(generator, blocks=[4, 1], width=6)
    x = torch.randn(3, 6, 7, 6, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        return max(difference(net.train(mode).reverse(net.reversible(x)), x) for mode in (True, False))


def gradients_are_those_of_storing(generator: torch.Generator) -> float:
    """Return the largest difference of outputs, gradients and statistics from those of stored activations."""
    arguments = {"blocks": [2, 3], "width": 6}
    nets = [randomised(generator, **arguments, stored=stored) for stored in (True, False)]
    nets[1].load_state_dict(nets[0].state_dict())
    x = images(generator)
    upstream = torch.randn(3, 5, generator=generator, dtype=torch.float64)
    errors = []
    for training in (True, False):
        results = []
        for net in nets:
            given = x.clone().requires_grad_()
            y = net.train(training)(given)
            gradients = torch.autograd.grad(y, [given, *net.parameters()], upstream)
            results.append([y, *gradients, *[value.double().clone() for value in net.buffers()]])
        errors += [difference(found, expected) for found, expected in zip(*reversed(results), strict=True)]
    return max(errors)


def layer_by_layer(generator: torch.Generator) -> float:
    """Return the difference from two stages with a block each, function by function."""
    net, x = randomised(generator, blocks=[1, 1], width=4, multiples=[1, 2]), images(generator)
    norms = iter(layer for layer in net.modules() if isinstance(layer, nn.BatchNorm2d))
    stem, transition, first = next(norms), [next(norms) for _ in range(4)], [next(norms) for _ in range(3)]
    (block,), (change,) = net.stages[0], net.transitions

    def active(value: Tensor, norm: nn.BatchNorm2d) -> Tensor:
        shape = (1, -1, 1, 1)
        centred = (value - norm.running_mean.view(shape)) / (norm.running_var.view(shape) + norm.eps).sqrt()
        return F.relu(centred * norm.weight.view(shape) + norm.bias.view(shape))

    def kernels(branch: nn.Sequential) -> list[Tensor]:
        return [layer.weight for layer in branch if isinstance(layer, nn.Conv2d)]

    def smaller(value: Tensor) -> Tensor:
        padded = F.pad(value, (0, 0, 0, 1), mode="replicate")  # the last row stands alone
        rows = (padded[:, :, ::2] + padded[:, :, 1::2]) / 2
        averages = (rows[..., ::2] + rows[..., 1::2]) / 2
        nothing = torch.zeros_like(averages[:, :1])
        return torch.cat([nothing, averages, nothing], 1)

    features = active(F.conv2d(x, net.stem[0].weight, padding=1), stem)
    x_1, x_2 = features[:, :2], features[:, 2:]
    into, out = kernels(block.f)
    y_1 = x_1 + F.conv2d(active(F.conv2d(x_2, into, padding=1), first[0]), out, padding=1)
    into, out = kernels(block.g)
    y_2 = x_2 + F.conv2d(active(F.conv2d(active(y_1, first[1]), into, padding=1), first[2]), out, padding=1)
    into, out = kernels(change.f)
    inside = F.conv2d(active(y_2, transition[0]), into, padding=1, stride=2)
    z_1 = smaller(y_1) + F.conv2d(active(inside, transition[1]), out, padding=1)
    into, out = kernels(change.g)
    inside = F.conv2d(active(z_1, transition[2]), into, padding=1)
    z_2 = smaller(y_2) + F.conv2d(active(inside, transition[3]), out, padding=1)
    pooled = active(torch.cat([z_1, z_2], 1), next(norms)).mean((2, 3))
    return difference(net(x), pooled @ net.classifier.weight.T + net.classifier.bias)
