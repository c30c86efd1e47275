"""Exact relation: a Kolmogorov-Arnold network of degree-one splines is a multilayer perceptron of rectified units.

Source: definitions; Liu et al. 2025 for the network (liu2024kan). A B-spline of degree one is a hat, and a hat is a sum
of three rectified linear units.

Method: a random network of degree one whose weights of the swish are zero. With a knot of distance h every hat is
(ReLU(x - t_m) - 2 ReLU(x - t_{m+1}) + ReLU(x - t_{m+2})) / h. So a layer is a hidden layer that copies every input as
often as there are knots, minus the knot, followed by a linear map; the linear maps between two layers are multiplied.

Measures:
    agreement_error: difference of the outputs of the two networks.
    gradient_error: difference of the gradients of the inputs.
    cubic_difference: the same coefficients, as far as there are as many, with cubic splines.
    swish_difference: with weights of the swish that are not zero.
"""

import torch
from torch import Tensor

from implementations.architectures.feedforward.kolmogorov_arnold_network import KolmogorovArnoldNetwork, Layer
from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.agreement import difference

FEATURES, HIDDEN, OUTPUTS, INTERVALS = 3, 4, 2, 5
KNOTS = INTERVALS + 3


def run(seed: int) -> dict[str, float]:
    """Compare the two on random inputs, some of them beyond the grid.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    net = drawn(1, INTERVALS, generator)
    x = torch.randn(20, FEATURES, generator=generator, dtype=torch.float64, requires_grad=True)
    sent = torch.randn(20, OUTPUTS, generator=generator, dtype=torch.float64)
    found, expected = net(x), rectified(net)(x)
    slopes = [torch.autograd.grad(value, x, sent)[0] for value in (found, expected)]
    cubic = drawn(3, INTERVALS - 2, generator)
    cubic.load_state_dict(net.state_dict())
    for layer in net.layers:
        layer.base_weight.data.normal_(generator=generator)
    return {
        "agreement_error": difference(found, expected),
        "gradient_error": difference(*slopes),
        "cubic_difference": difference(cubic(x), expected),
        "swish_difference": difference(net(x), expected),
    }


def drawn(degree: int, intervals: int, generator: torch.Generator) -> KolmogorovArnoldNetwork:
    """Return a network with random splines, without the swish."""
    net = KolmogorovArnoldNetwork(
        in_features=FEATURES, hidden=[HIDDEN], out_features=OUTPUTS, intervals=intervals, degree=degree
    ).double()
    for layer in net.layers:
        layer.base_weight.data.zero_()
        for parameter in (layer.spline_weight, layer.coefficients):
            parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return net


def rectified(net: KolmogorovArnoldNetwork) -> MLP:
    """Return the perceptron with a hidden unit for every node that is read, and every knot."""
    other = MLP(in_features=FEATURES, hidden=[FEATURES * KNOTS, HIDDEN * KNOTS], out_features=OUTPUTS).double()
    first, second, last = other.layers[::2]
    (copy, knots), (copy_hidden, knots_hidden) = copies(FEATURES, net), copies(HIDDEN, net)
    with torch.no_grad():
        first.weight.copy_(copy)
        first.bias.copy_(-knots)
        second.weight.copy_(copy_hidden @ hats(net.layers[0]))
        second.bias.copy_(-knots_hidden)
        last.weight.copy_(hats(net.layers[1]))
        last.bias.zero_()
    return other


def copies(features: int, net: KolmogorovArnoldNetwork) -> tuple[Tensor, Tensor]:
    """Return a matrix that copies every feature once for each knot, and the knots of all copies."""
    basis = net.layers[0].basis
    knots = basis.low + basis.width * torch.arange(-1, INTERVALS + 2, dtype=torch.float64)
    return torch.eye(features, dtype=torch.float64).repeat_interleave(KNOTS, 0), knots.repeat(features)


def hats(layer: Layer) -> Tensor:
    """Return the matrix from the rectified copies of all inputs to the outputs of a layer."""
    coefficients = layer.spline_weight[:, :, None] * layer.coefficients / layer.basis.width  # [G, F, KNOTS - 2]
    weights = coefficients.new_zeros(*coefficients.shape[:2], KNOTS)
    for offset, factor in enumerate((1, -2, 1)):
        weights[:, :, offset : KNOTS - 2 + offset] += factor * coefficients
    return weights.flatten(1)
