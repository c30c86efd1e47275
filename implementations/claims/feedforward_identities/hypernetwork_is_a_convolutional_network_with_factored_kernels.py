"""Exact relation: a static hypernetwork is a convolutional network whose kernels are mixtures of a few.

Source: Ha, Dai & Le 2017 (ha2016hypernetworks): a relaxed form of sharing weights across layers.

Method: a hypernetwork with embeddings of two numbers generates the kernels of six layers. A convolutional network gets,
in each layer, a constant kernel plus two kernels that all layers share, weighted by the two numbers of the layer; the
three are read off the hypernetwork at the embeddings 0, (1, 0) and (0, 1). Outputs and gradients of the image are
compared, and the rank of the matrix that has the differences of the kernels from the constant as its rows.

Measures:
    agreement_error: difference of outputs and of the gradients of the image.
    rank_error: the largest singular value of that matrix beyond the second, relative to the first.
    tied_error: where all embeddings are equal, difference to a stack that repeats one convolution.
    separate_singular_value: the same ratio for kernels that are parameters of a convolutional network.
    bent_singular_value: the same ratio for a hypernetwork with a hyperbolic tangent between its two maps.
    untied_difference: where the embeddings differ, difference to the stack that repeats the first of the convolutions.
"""

import torch
from torch import Tensor

from implementations.architectures.convolutional.convolutional_network import ConvolutionalNetwork
from implementations.architectures.feedforward.hypernetwork import Hypernetwork
from implementations.claims.agreement import difference

LAYERS, CHANNELS, CLASSES, EMBEDDING = 6, 4, 3, 2


def run(seed: int) -> dict[str, float]:
    """Compare the two on random images.

    Args:
        seed: Seed of weights and images.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    net = Hypernetwork(layers=LAYERS, channels=CHANNELS, embedding=EMBEDDING, classes=CLASSES).double()
    for parameter in net.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 2
    x = torch.randn(3, 2, 6, 5, generator=generator, dtype=torch.float64, requires_grad=True)
    corners = torch.cat([torch.zeros(1, EMBEDDING), torch.eye(EMBEDDING)]).double()
    constant, *ends = net.hypernetwork(corners).detach()
    shared = torch.stack([end - constant for end in ends])
    factored = constant + torch.einsum("le,edchw->ldchw", net.embeddings.detach(), shared)
    found, expected = net(x), plain(net, factored)(x)
    sent = torch.randn(found.shape, generator=generator, dtype=torch.float64)
    slopes = [torch.autograd.grad(value, x, sent)[0] for value in (found, expected)]
    separate = torch.randn(factored.shape, generator=generator, dtype=torch.float64)
    measures = {
        "agreement_error": max(difference(found, expected), difference(*slopes)),
        "rank_error": beyond(net.hypernetwork(net.embeddings) - constant),
        "separate_singular_value": beyond(separate - constant),
        "bent_singular_value": beyond(bent(net, net.embeddings) - bent(net, corners[:1])),
        "untied_difference": difference(found, plain(net, factored[:1].expand_as(factored))(x)),
    }
    net.embeddings.data[:] = net.embeddings.data[0]
    tied = plain(net, factored[:1].expand_as(factored))
    return measures | {"tied_error": difference(net(x), tied(x))}


def plain(net: Hypernetwork, kernels: Tensor) -> ConvolutionalNetwork:
    """Return the convolutional network with given kernels after its first layer, and all else of a hypernetwork."""
    other = ConvolutionalNetwork(channels=[CHANNELS] * (LAYERS + 1), classes=CLASSES).double()
    other.layers[0].load_state_dict(net.stem.state_dict())
    other.read_out.load_state_dict(net.read_out.state_dict())
    for layer, kernel, bias in zip(other.layers[2::2], kernels, net.biases, strict=True):
        layer.load_state_dict({"weight": kernel, "bias": bias})
    return other


def bent(net: Hypernetwork, z: Tensor) -> Tensor:
    """Return the kernels of a hypernetwork with a hyperbolic tangent between its two maps."""
    generate = net.hypernetwork
    return generate.output(torch.tanh(generate.slices(z).unflatten(1, (CHANNELS, -1))))


def beyond(kernels: Tensor) -> float:
    """Return the first singular value that a factorisation into two does not have, relative to the largest."""
    values = torch.linalg.svdvals(kernels.detach().flatten(1))
    return (values[EMBEDDING] / values[0]).item()
