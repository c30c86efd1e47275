"""Exact relation: a convolutional network is a graph network on a grid whose edges have their offsets as features.

Source: the lecture's taxonomy, S24 and S25; Battaglia et al. 2018, Table 1 (battaglia2018relational), where the
entities of a convolutional layer are grid elements and their relations local.

Method: every pixel is a node with its channels as features. Edges lead to it from the pixels under the filter, itself
included, and the feature of an edge is its offset, as a one-hot vector. A graph network block whose edge function
multiplies the sender by the tap of the filter at that offset, and whose node function adds the bias and rectifies, is
one layer: on a plain grid for zero padding, on a torus for circular padding. Two layers are two blocks.

Measures:
    zero_padding_error, circular_error: relative difference of the feature maps, for the two kinds of padding.
    isotropic_error: without offsets (each edge gets the mean of all taps), of the map of the transposed image and the
    transposed map: the graph network cannot distinguish rows and columns.
    no_offsets_difference: of the feature maps without offsets.
    torus_difference: of zero padding and the graph network on the torus.
    missing_edge_difference: of zero padding and the graph network with one edge less.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.convolutional_network import ConvolutionalNetwork
from implementations.architectures.graph.graph_network import GraphNetwork
from implementations.claims.agreement import difference

CHANNELS, SIZE, SIDE = (2, 3, 4), 3, 5
OFFSETS = torch.cartesian_prod(torch.arange(SIZE), torch.arange(SIZE)) - SIZE // 2


def run(seed: int) -> dict[str, float]:
    """Run convolutional networks as graph networks, with and without the conditions.

    Args:
        seed: Seed of weights and images.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    image = torch.randn(CHANNELS[0], SIDE, SIDE, generator=generator, dtype=torch.float64)
    plain, torus = grid(wrap=False), grid(wrap=True)
    blind = (plain[0], torch.full_like(plain[1], 1 / len(OFFSETS)))
    incomplete = (plain[0][:, 1:], plain[1][1:])
    with torch.no_grad():
        zeros, circular = (_drawn(padding, generator) for padding in ("zeros", "circular"))
        features = zeros(image[None])[0]
        isotropic = on_graph(zeros, image, *blind)
        return {
            "zero_padding_error": difference(on_graph(zeros, image, *plain), features),
            "circular_error": difference(on_graph(circular, image, *torus), circular(image[None])[0]),
            "isotropic_error": difference(on_graph(zeros, image.mT, *blind), isotropic.mT),
            "no_offsets_difference": difference(isotropic, features),
            "torus_difference": difference(on_graph(zeros, image, *torus), features),
            "missing_edge_difference": difference(on_graph(zeros, image, *incomplete), features),
        }


def grid(*, wrap: bool) -> tuple[Tensor, Tensor]:
    """Return senders and receivers `[2, E]` of a grid of pixels, and the offset of each edge, one-hot `[E, O]`.

    Args:
        wrap: Whether the last row and column are neighbours of the first.
    """
    pixels = torch.cartesian_prod(torch.arange(SIDE), torch.arange(SIDE))
    edges, features = [], []
    for index, offset in enumerate(OFFSETS):
        senders = pixels + offset
        inside = torch.ones(len(pixels), dtype=torch.bool) if wrap else ((senders >= 0) & (senders < SIDE)).all(1)
        row, column = (senders % SIDE).unbind(1)
        edges.append(torch.stack([row * SIDE + column, torch.arange(len(pixels))])[:, inside])
        features.append(torch.eye(len(OFFSETS), dtype=torch.float64)[index].expand(int(inside.sum()), -1))
    return torch.cat(edges, dim=1), torch.cat(features)


class OffsetMessage(nn.Module):
    """An edge function: the tap of a filter at the offset of the edge, times the sender."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.taps = weight.flatten(2)  # [D, C, O]

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the messages `[E, D]`, from the concatenated features of edge, receiver, sender and graph."""
        channels, offsets = self.taps.shape[1:]
        offset, _, sender, _ = inputs.split([offsets, channels, channels, 1], dim=1)
        return torch.einsum("eo,ec,dco->ed", offset, sender, self.taps)


class RectifiedSum(nn.Module):
    """A node function: the sum of messages plus a bias, rectified."""

    def __init__(self, bias: Tensor) -> None:
        super().__init__()
        self.bias = bias

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the nodes `[N, D]`, from the concatenated message, node and graph."""
        return torch.relu(inputs[:, : len(self.bias)] + self.bias)


def on_graph(network: ConvolutionalNetwork, image: Tensor, edges: Tensor, offsets: Tensor) -> Tensor:
    """Return the feature map `[D, H, W]` that one graph network block for each layer computes of the image."""
    x = image.flatten(1).T  # [N, C], a node for each pixel
    for convolution in network.layers[::2]:
        wide, narrow = convolution.weight.shape[:2]
        block = GraphNetwork(
            node_features=narrow, edge_features=len(OFFSETS), global_features=1, out_features=[wide, wide, 1]
        ).double()
        block.edge_update = OffsetMessage(convolution.weight)
        block.node_update = RectifiedSum(convolution.bias)
        x = block(x, edges, offsets, x.new_zeros(1, 1)).x
    return x.T.unflatten(1, (SIDE, SIDE))


def _drawn(padding: str, generator: torch.Generator) -> ConvolutionalNetwork:
    """Return a convolutional network with normally distributed filters of variance 2 / fan-in, and small biases."""
    network = ConvolutionalNetwork(in_channels=CHANNELS[0], channels=CHANNELS[1:], kernel_size=SIZE, padding=padding)
    for parameter in network.double().parameters():
        scale = (2 / parameter[0].numel()) ** 0.5 if parameter.dim() > 1 else 0.1
        parameter.copy_(scale * torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    return network
