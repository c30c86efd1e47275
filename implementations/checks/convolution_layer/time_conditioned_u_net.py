"""Exact checks of the time-conditioned U-Net."""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.time_conditioned_u_net import (
    SpatialAttention,
    TimeConditionedUNet,
    time_code,
)


def levels_are_joined_by_skip_connections(generator: torch.Generator) -> float:
    """Return the difference from the same layers, written out for two levels with one block on the way down."""
    net, inputs = _net(generator)
    x, t = inputs["x"], inputs["t"]
    time = net.time_embedding(time_code(t, net.width))
    first = net.stem(x)
    second = net.down[0][0](first, time)
    third = F.conv2d(F.pad(second, (0, 1, 0, 1)), net.downsample[0][1].weight, net.downsample[0][1].bias, stride=2)
    fourth = net.down[1][0](third, time)
    bottom = net.middle[1](net.middle[0](fourth, time), time)
    coarse = net.up[0][0](torch.cat([bottom, fourth], 1), time)
    coarse = net.up[0][1](torch.cat([coarse, third], 1), time)
    fine = net.upsample[0][1](F.interpolate(coarse, scale_factor=2, mode="nearest"))
    fine = net.up[1][0](torch.cat([fine, second], 1), time)
    fine = net.up[1][1](torch.cat([fine, first], 1), time)
    return difference(net(x, t), net.head(fine))


def attention_is_that_of_torch(generator: torch.Generator) -> float:
    """Return the difference from `nn.MultiheadAttention` with one head, on normalised pixels as a sequence."""
    ours = SpatialAttention(channels=4, groups=2).double()
    peer = nn.MultiheadAttention(4, 1, batch_first=True).double()
    _randomise(ours, generator)
    with torch.no_grad():
        peer.in_proj_weight.copy_(ours.project.weight[:, :, 0, 0])
        peer.in_proj_bias.copy_(ours.project.bias)
        peer.out_proj.weight.copy_(ours.output.weight[:, :, 0, 0])
        peer.out_proj.bias.copy_(ours.output.bias)
    x = torch.randn(2, 4, 3, 2, generator=generator, dtype=torch.float64)
    pixels = F.group_norm(x, 2, ours.norm.weight, ours.norm.bias, eps=1e-6).flatten(2).mT
    attended, _ = peer(pixels, pixels, pixels)
    return difference(ours(x), x + attended.mT.unflatten(2, (3, 2)))


def time_is_encoded_by_sines_and_cosines(generator: torch.Generator) -> float:
    """Return the difference of the time's code from its formula, number by number, at random times."""
    width, half = 6, 3
    t = torch.randint(1, 1000, (4,), generator=generator)
    frequencies = [10_000 ** (-i / (half - 1)) for i in range(half)]
    expected = [[f(step * frequency) for f in (math.sin, math.cos) for frequency in frequencies] for step in t.tolist()]
    return difference(time_code(t, width), torch.tensor(expected, dtype=torch.float64))


def first_guess_is_no_noise(generator: torch.Generator) -> float:
    """Return how far a new network's output is from zero."""
    net = TimeConditionedUNet()
    return net(**net.example_inputs(generator)).abs().max().item()


def _net(generator: torch.Generator) -> tuple[TimeConditionedUNet, dict[str, Tensor]]:
    net = TimeConditionedUNet().double()
    _randomise(net, generator)
    inputs = net.example_inputs(generator)
    return net, {"x": inputs["x"].double(), "t": inputs["t"]}


def _randomise(module: nn.Module, generator: torch.Generator) -> None:
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype) / 2)
