"""Exact checks of the hypernetwork."""

import torch

from implementations.architectures.convolutional.convolutional_network import ConvolutionalNetwork
from implementations.architectures.feedforward.hypernetwork import Hypernetwork
from implementations.claims.agreement import difference


def it_is_a_convolutional_network(generator: torch.Generator) -> float:
    """Return the difference to the convolutional network that has the generated kernels as its parameters."""
    net = Hypernetwork(layers=3).double()
    plain = ConvolutionalNetwork(in_channels=2, channels=[4] * 4, classes=3).double()
    x = net.example_inputs(generator)["x"].double()
    with torch.no_grad():
        net.biases.normal_(generator=generator)
        plain.layers[0].load_state_dict(net.stem.state_dict())
        plain.read_out.load_state_dict(net.read_out.state_dict())
        for layer, kernel, bias in zip(plain.layers[2::2], net.hypernetwork(net.embeddings), net.biases, strict=True):
            layer.weight.copy_(kernel)
            layer.bias.copy_(bias)
    return difference(net(x), plain(x))


def equal_embeddings_are_shared_kernels(generator: torch.Generator) -> float:
    """Return the difference to a stack that repeats one convolution, where all embeddings are equal."""
    net = Hypernetwork(layers=3).double()
    x = net.example_inputs(generator)["x"].double()
    with torch.no_grad():
        net.embeddings[:] = torch.randn(net.embeddings.shape[1], generator=generator, dtype=torch.float64)
    layer = torch.nn.Conv2d(4, 4, 3, padding=1, bias=False).double()
    layer.weight = torch.nn.Parameter(net.hypernetwork(net.embeddings[:1])[0])
    h = torch.relu(net.stem(x))
    for _ in range(3):
        h = torch.relu(layer(h))
    return difference(net.trunk(x), h)
