"""Exact checks of LeNet-5."""

import torch
from torch import nn
from torch.nn import functional as F

from implementations.architectures.convolutional.lenet_5 import TABLE, LeNet5
from implementations.claims.agreement import difference


def maps_see_their_rows_of_the_table(generator: torch.Generator) -> float:
    """Return the difference between C3 and a sum, map by map, of convolutions with the connected maps of S2."""
    layer = LeNet5().double().c3[0]
    x = torch.randn(2, 6, 9, 8, generator=generator, dtype=torch.float64)
    filters, expected = iter(layer.weight), []
    for d, maps in enumerate(TABLE):
        parts = [F.conv2d(x[:, c : c + 1], next(filters)[None, None]) for c in maps]
        expected.append(torch.stack(parts).sum(0) + layer.bias[d])
    left_over = float(len(list(filters)))
    return left_over + difference(layer(x), torch.cat(expected, 1))


def connections_and_parameters(generator: torch.Generator) -> float:
    """Return how far the counts of all layers are from the paper's, 340,908 connections and 60,000 parameters.

    A connection is a weight, or a bias, at a position; those of the last layer are not trained.
    """
    net = LeNet5(hidden=120, units=84, image=32, classes=10)
    found, stated = {}, {"c1": (156, 122_304), "s2": (12, 5_880), "c3": (1_516, 151_600), "s4": (32, 2_000),
                         "c5": (48_120, 48_120), "f6": (10_164, 10_164), "output": (0, 840)}  # fmt: skip
    inputs_of_a_unit = {"s2": 5, "s4": 5, "output": 84}  # windows of four and a bias, and components of a code
    positions: dict[str, torch.Size] = {}
    for name in stated:
        net.get_submodule(name).register_forward_hook(
            lambda _module, _inputs, output, name=name: positions.update({name: output.shape})
        )
    net(**net.example_inputs(generator, B=1))
    for name in stated:
        parameters = sum(parameter.numel() for parameter in net.get_submodule(name).parameters())
        each_map, units = positions[name][2:].numel(), positions[name].numel()
        connections = inputs_of_a_unit[name] * units if name in inputs_of_a_unit else parameters * each_map
        found[name] = (parameters, connections)
    totals = [sum(counts) for counts in zip(*found.values(), strict=True)]
    return float(found != stated) + abs(totals[0] - 60_000) + abs(totals[1] - 340_908)


def a_softmax_of_distances_is_affine(generator: torch.Generator) -> float:
    """Return the difference between the softmax of the outputs and that of twice the inner products with the codes.

    All codes have the same length, so squares cancel.
    """
    net = LeNet5().double()
    nn.init.normal_(net.f6[0].weight, generator=generator)
    kept = []
    net.output.register_forward_pre_hook(lambda _module, inputs: kept.append(inputs[0]))
    found = net(net.example_inputs(generator)["x"].double()).softmax(1)
    return difference(found, (2 * kept[0] @ net.output.codes.T).softmax(1))
