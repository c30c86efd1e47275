"""Exact relation: TI-pooling is a roto-reflection network whose filters do not mix orientations.

Source: Laptev et al. 2016 (laptev2016ti); Cohen & Welling 2016 (cohen2016group).

Method: a random TI-pooling network for images of 8 x 8, whose three poolings leave one position. Its convolutions
become roto-reflection convolutions, whose filters are zero except for the orientation of the output itself, each
followed by a rectifier and pooling of every map; its dense layer becomes one of 1 x 1. The maximum over the eight
orientations then is the maximum over the eight copies of the image.

Measures:
    agreement_error: difference of the logits.
    orientations_error: difference of the features of all copies from those of all orientations, sorted.
    one_orientation_difference: of a single orientation in place of the maximum.
    mixing_difference: with filters that are not zero for the other orientations.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.feedforward.ti_pooling_network import TIPoolingNetwork
from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.roto_reflection_convolution import RotoReflectionConvolution


def run(seed: int) -> dict[str, float]:
    """Compare the two on random images.

    Args:
        seed: Seed of weights and images.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    network = TIPoolingNetwork().double()
    for parameter in network.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    x = network.example_inputs(generator, B=3)["x"].double()
    with torch.no_grad():
        expected, layers = network(x), as_group_convolutions(network)
        of_orientations = features(layers, x)  # [B, M, 8]
        of_copies = network.branch(network.orbit(x).flatten(0, 1)).unflatten(0, (len(x), -1)).mT
        found = network.read_out(of_orientations.amax(2))
        one = network.read_out(of_orientations[..., 0])
        for layer in layers[1:]:
            own = layer.weight[:, :, 0, 0].clone()
            layer.weight.copy_(torch.randn(layer.weight.shape, generator=generator, dtype=torch.float64))
            layer.weight[:, :, 0, 0] = own
        mixed = network.read_out(features(layers, x).amax(2))
    return {
        "agreement_error": difference(found, expected),
        "orientations_error": difference(of_orientations.sort(2).values, of_copies.sort(2).values),
        "one_orientation_difference": difference(one, expected),
        "mixing_difference": difference(mixed, expected),
    }


def as_group_convolutions(network: TIPoolingNetwork) -> list[RotoReflectionConvolution]:
    """Return the convolutions of a network, and its dense layer, as convolutions on the group."""
    dense = network.dense[1]
    kernels = [(layer.weight, layer.bias) for layer in network.layers if isinstance(layer, nn.Conv2d)]
    kernels.append((dense.weight[:, :, None, None], dense.bias))
    layers = []
    for number, (weight, bias) in enumerate(kernels):
        layer = RotoReflectionConvolution(
            in_channels=weight.shape[1], out_channels=len(weight), kernel_size=weight.shape[-1], lifts=number == 0
        ).double()
        layer.weight.data.zero_()
        layer.weight.data[:, :, 0, 0] = weight  # the orientation of the output itself
        layer.bias.data = bias
        layers.append(layer)
    return layers


def features(layers: list[RotoReflectionConvolution], x: Tensor) -> Tensor:
    """Return the features of all orientations, `[B, M, 8]`, after pooling that halves the maps between layers."""
    h = x[:, :, None]
    *convolutions, dense = layers
    for layer in convolutions:
        h = F.max_pool3d(torch.relu(layer(h)), (1, 2, 2))
    return torch.relu(dense(h))[..., 0, 0]
