"""Exact relation: a Transformer encoder is a graph network on the complete graph, and a GAT with other scores.

Source: the lecture, S25 and S26; Battaglia et al. 2018, sec. 4.2.2 (battaglia2018relational), on
self-attention as a graph network; Vaswani et al. 2017, eq. 1 (vaswani2017attention).

Method: every position is a node of the complete graph with self-loops. The edge function of a block returns, for each
head, e^s v and e^s, with v the value of the sender and s the scaled product of the receiver's query and the sender's
key. Both are summed, as everything in a graph network block is; the node function divides the first by the second and
applies the position-wise part of a layer: output projection, residual connections, normalisations, position-wise
network. For the comparison with GAT, the attention of each layer becomes a GAT layer with the values as its linear map,
whose additive scores are exchanged for the scaled dot products.

Measures:
    graph_network_error: relative difference of an encoder of two layers and two graph network blocks.
    gat_error: of that encoder and one with GAT layers that have scaled dot products as scores.
    additive_scores_difference: the same with the additive scores that GAT has.
    ring_difference: of the encoder and the blocks, on a ring with self-loops instead of the complete graph.
    no_self_loops_difference: of the encoder and the blocks, on the complete graph without self-loops.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.attention.transformer import Layer, Transformer
from implementations.architectures.graph.gat import GATLayer
from implementations.architectures.graph.graph_network import GraphNetwork
from implementations.claims.agreement import difference
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from implementations.concepts.component.sum_aggregation import SumAggregation

POSITIONS, WIDTH, HEADS = 6, 12, 3
SIZE = WIDTH // HEADS


def run(seed: int) -> dict[str, float]:
    """Run a Transformer encoder as a graph network and with GAT layers.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(POSITIONS, WIDTH, generator=generator, dtype=torch.float64)
    nodes = torch.arange(POSITIONS)
    complete = torch.cartesian_prod(nodes, nodes).T
    ring = complete[:, ((complete[0] - complete[1] + 1) % POSITIONS) <= 2]  # from both neighbours and the node itself
    with torch.no_grad():
        encoder = _drawn(Transformer(width=WIDTH, heads=HEADS, layers=2), generator)
        expected = encoder(x[None])[0]
        return {
            "graph_network_error": difference(as_blocks(encoder, x, complete), expected),
            "gat_error": difference(with_gat(encoder, x, complete), expected),
            "additive_scores_difference": difference(with_gat(encoder, x, complete, generator), expected),
            "ring_difference": difference(as_blocks(encoder, x, ring), expected),
            "no_self_loops_difference": difference(
                as_blocks(encoder, x, complete[:, complete[0] != complete[1]]), expected
            ),
        }


class AttentionMessage(nn.Module):
    """An edge function: e^s v and e^s of every head, for the score s of an edge and the value v of its sender."""

    def __init__(self, attention: MultiHeadAttention) -> None:
        super().__init__()
        self.attention = attention

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the messages `[E, D + heads]`, from the concatenated features of edge, receiver, sender and graph."""
        _, receiver, sender, _ = inputs.split([1, WIDTH, WIDTH, 1], dim=1)
        weight = dot_products(self.attention, receiver, sender).exp()  # [E, heads]
        value = self.attention.value(sender).unflatten(1, (HEADS, SIZE))
        return torch.cat([(weight[:, :, None] * value).flatten(1), weight], dim=1)


class NodeFunction(nn.Module):
    """A node function: the division that completes the softmax, and the position-wise part of the layer."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer = layer

    def forward(self, inputs: Tensor) -> Tensor:
        """Return the nodes `[N, D]`, from the concatenated message, node and graph."""
        sums, totals, x, _ = inputs.split([WIDTH, HEADS, WIDTH, 1], dim=1)
        return rest(self.layer, x, sums / totals.repeat_interleave(SIZE, dim=1))


def dot_products(attention: MultiHeadAttention, receiver: Tensor, sender: Tensor) -> Tensor:
    """Return the scaled products of query and key `[E, heads]`, from the two ends of every edge `[E, D]`."""
    query, key = attention.query(receiver), attention.key(sender)
    return (query * key).unflatten(1, (HEADS, SIZE)).sum(2) / SIZE**0.5


def rest(layer: Layer, x: Tensor, mixed: Tensor) -> Tensor:
    """Return the output of a layer `[N, D]`, from its input and the outputs of the heads."""
    x = layer.self_norm(x + layer.self_attention.output(mixed))
    return layer.feed_forward_norm(x + layer.feed_forward(x[None])[0])


def as_blocks(encoder: Transformer, x: Tensor, edges: Tensor) -> Tensor:
    """Return the nodes `[N, D]` after one graph network block for each layer of the encoder."""
    for layer in encoder.encoder:
        block = GraphNetwork(
            node_features=WIDTH, edge_features=1, global_features=1, out_features=[WIDTH, WIDTH + HEADS, 1]
        ).double()
        block.edge_update = AttentionMessage(layer.self_attention)
        block.node_update = NodeFunction(layer)
        x = block(x, edges, x.new_zeros(edges.shape[1], 1), x.new_zeros(1, 1)).x
    return x


class DotProductCoefficients(nn.Module):
    """Weights of edges for a GAT layer: a softmax over the edges into a node, of scaled dot products."""

    def __init__(self, attention: MultiHeadAttention, x: Tensor) -> None:
        super().__init__()
        self.attention, self.x = attention, x

    def forward(self, values: Tensor, edges: Tensor, counted: None = None) -> Tensor:
        """Return the weights `[E, heads]`; scores come from the nodes, not from the values `[N, heads, G]`."""
        weights = dot_products(self.attention, self.x[edges[1]], self.x[edges[0]]).exp()
        return weights / SumAggregation()(weights, edges[1], len(values))[edges[1]]


def with_gat(encoder: Transformer, x: Tensor, edges: Tensor, additive: torch.Generator | None = None) -> Tensor:
    """Return the output `[N, D]` of the encoder with GAT layers for attention.

    Args:
        encoder: The encoder.
        x: Its input, `[N, D]`.
        edges: Edges between positions, `[2, E]`.
        additive: Keep the additive scores of GAT, with weights drawn from this generator.
    """
    for layer in encoder.encoder:
        gat = _drawn(GATLayer(WIDTH, SIZE, HEADS, concatenate=True), additive or torch.Generator())
        gat.linear.weight.copy_(layer.self_attention.value.weight)
        gat.bias.copy_(layer.self_attention.value.bias)  # the weights sum to one, so the bias may be added afterwards
        if additive is None:
            gat.coefficients = DotProductCoefficients(layer.self_attention, x)
        x = rest(layer, x, gat(x, edges))
    return x


def _drawn(network: nn.Module, generator: torch.Generator) -> nn.Module:
    """Draw weights with variance 1 / fan-in, small biases, and gains of normalisations near one."""
    for name, parameter in network.double().named_parameters():
        noise = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
        if parameter.dim() > 1:
            parameter.copy_(noise / parameter[0].numel() ** 0.5)
        else:
            parameter.copy_(0.1 * noise + (1.0 if name.endswith("norm.weight") else 0.0))
    return network
