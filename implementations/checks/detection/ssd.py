"""Exact checks of SSD."""

import torch
from torch import Tensor

from implementations.architectures.detection.ssd import SSD
from implementations.claims.agreement import difference

PUBLISHED = (38, 19, 10, 5, 3, 1)
"""Rows and columns of the maps, in Fig. 2 of the paper."""


def vectors_have_the_length_of_the_scale(generator: torch.Generator) -> float:
    """Return the difference of lengths of vectors of the first map from the factor that they are multiplied by."""
    net = SSD(scale=7.0).double()
    maps: list[Tensor] = []
    net.class_heads[0].register_forward_pre_hook(lambda _module, inputs: maps.append(inputs[0]))
    net(net.example_inputs(generator)["x"].double())
    lengths = maps[0].norm(dim=1)
    return difference(lengths, torch.where(lengths > 0, 7.0, 0.0).to(lengths))


def maps_of_300_pixels(generator: torch.Generator) -> float:
    """Return by how many boxes and positions the maps of an image of 300 pixels differ from those of the paper."""
    numbers = (4, 6, 6, 6, 4, 4)
    extra = ((1, 2, 2), (1, 2, 2), (1, 2, 1), (1, 2, 1))
    net = SSD(blocks=[1] * 5, widths=[1, 1, 1, 2, 2], hidden=2, dilation=6, extra=extra, anchors=numbers, classes=2)
    rows: list[int] = []
    for head in net.class_heads:
        head.register_forward_hook(lambda _module, _inputs, output: rows.append(output.shape[2]))
    found = net(torch.randn(1, 3, 300, 300, generator=generator)).logits.shape[1]
    expected = sum(number * side**2 for number, side in zip(numbers, PUBLISHED, strict=True))
    wrong = [abs(one - other) for one, other in zip((*rows, found, expected), (*PUBLISHED, 8732, 8732), strict=True)]
    return float(sum(wrong))
