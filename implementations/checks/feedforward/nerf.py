"""Exact checks of the NeRF."""

import math

import torch
from torch import Tensor

from implementations.architectures.feedforward.nerf import NeRF
from implementations.claims.agreement import difference


def constant_field(generator: torch.Generator) -> float:
    """Return the difference, for a field of one density and colour, from the law of absorption over the whole ray."""
    net, inputs = _problem(generator)
    density, logits = 0.7, torch.randn(3, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        for layer, value in ((net.field.density[0], density), (net.field.colour[2], logits)):
            layer.weight.zero_()
            layer.bias.copy_(torch.as_tensor(value, dtype=torch.float64))
    offset = torch.rand(3, 5, generator=generator, dtype=torch.float64)
    first = net.near + (net.far - net.near) / 5 * offset[:, 0]  # where the first sample is
    passed = torch.exp(-density * (net.far - first))[:, None]
    return difference(net(**inputs, offset=offset), (1 - passed) * torch.sigmoid(logits) + passed)


def density_has_no_direction(generator: torch.Generator) -> float:
    """Return the change of the density by another direction; one if the colour does not change."""
    net, inputs = _problem(generator)
    one, other = (net.field(inputs["origin"], way) for way in (inputs["direction"], -inputs["direction"]))
    if difference(one.colour, other.colour) < 1e-6:
        return 1.0
    return difference(one.density, other.density)


def field_repeats(generator: torch.Generator) -> float:
    """Return the change of a field by steps of two in every coordinate of the positions."""
    net, inputs = _problem(generator)
    shift = torch.tensor([2.0, -2.0, 4.0], dtype=torch.float64)
    here, there = (net.field(x, inputs["direction"]) for x in (inputs["origin"], inputs["origin"] + shift))
    return max(difference(there.density, here.density), difference(there.colour, here.colour))


def ray_by_ray(generator: torch.Generator) -> float:
    """Return the difference from a loop over samples, from near to far, with what each absorbs and emits."""
    net, inputs = _problem(generator)
    offset = torch.rand(3, 5, generator=generator, dtype=torch.float64)
    expected = torch.zeros(3, 3, dtype=torch.float64)
    for ray, (origin, direction) in enumerate(zip(inputs["origin"], inputs["direction"], strict=True)):
        places = [net.near + (net.far - net.near) * (i + offset[ray, i].item()) / 5 for i in range(5)]
        light = 1.0
        for here, after in zip(places, [*places[1:], net.far], strict=True):
            density, colour = net.field((origin + here * direction)[None], direction[None])
            passed = math.exp(-density.item() * (after - here))
            expected[ray] += light * (1 - passed) * colour[0]
            light *= passed
        expected[ray] += light  # what passes the whole ray is white
    return difference(net(**inputs, offset=offset), expected)


def _problem(generator: torch.Generator) -> tuple[NeRF, dict[str, Tensor]]:
    """Return a network whose densities are positive, and rays."""
    net = NeRF().double()
    net.field.density[0].bias.data.fill_(1.0)
    return net, {name: value.double() for name, value in net.example_inputs(generator).items()}
