"""Experiment: is the attention of a Transformer message passing on a graph, and how close is it to a GAT?

Source: the lecture, S26, h_j = sigma(sum over i of g(h_i, h_j) f(h_i)); Vaswani et al. 2017
(vaswani2017attention), Velickovic et al. 2018 (velickovic2017graph).

Method: the slide's formula is written as message passing. Every edge (i, j) carries exp(s_ij) f(h_i) and exp(s_ij) to
node j, which adds up both and divides the first sum by the second: g is the softmax of the scores s over the edges into
j. In random Transformers of two layers, 6 positions and 3 heads this replaces every self-attention, with scaled dot
products as scores and the values as f: on the complete graph with self-loops in the encoder, on the graph with edges
from earlier to later positions and self-loops in the decoder. Then the same function gets the additive scores of a GAT
layer, and is compared with that.

Measures:
    attention_error: relative max difference of one multi-head attention and message passing on the complete graph.
    encoder_error, decoder_error: of a whole encoder on the complete graph, and a whole decoder on the causal one.
    gat_error: of a GAT layer on the complete graph, with additive scores.
    missing_edge_difference: of the attention, when one edge of the complete graph is missing.
    no_softmax_difference: of the attention, with g = sigmoid(s) instead of a softmax.
    additive_difference: of the attention, with additive scores as in a GAT instead of dot products.
    differences: attention, encoder, decoder, GAT, missing edge, no softmax, additive; values below 1e-16 are shown as
        1e-16.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from implementations.architectures.attention.transformer import Transformer
from implementations.architectures.graph.gat import GATLayer
from implementations.claims.agreement import difference
from implementations.concepts.component.multi_head_attention import MultiHeadAttention
from implementations.concepts.component.sum_aggregation import SumAggregation

POSITIONS, WIDTH, HEADS = 6, 12, 3


def run(seed: int) -> dict[str, float | list[float]]:
    """Replace attention by message passing, and compare.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(1, POSITIONS, WIDTH, generator=generator, dtype=torch.float64)
    attention = _initialised(MultiHeadAttention(width=WIDTH, heads=HEADS), generator)
    additive = torch.randn(HEADS, 2 * WIDTH // HEADS, generator=generator, dtype=torch.float64)
    edges = complete_graph()
    incomplete = edges[:, (edges[0] != 0) | (edges[1] != 1)]  # without the edge from position 0 to position 1
    with torch.no_grad():
        expected = attention(x, x)
        measures = {
            "attention_error": difference(GraphAttention(attention, edges)(x, x), expected),
            "encoder_error": _transformer_error("encoder", edges, x, generator),
            "decoder_error": _transformer_error("decoder", edges[:, edges[0] <= edges[1]], x, generator),
            "gat_error": _gat_error(x[0], edges, generator),
            "missing_edge_difference": difference(GraphAttention(attention, incomplete)(x, x), expected),
            "no_softmax_difference": difference(GraphAttention(attention, edges, softmax=False)(x, x), expected),
            "additive_difference": difference(GraphAttention(attention, edges, additive=additive)(x, x), expected),
        }
    return {**measures, "differences": [max(value, 1e-16) for value in measures.values()]}


def complete_graph() -> Tensor:
    """Return the edges `[2, E]` of the complete graph, self-loops included: sources and targets."""
    return torch.cartesian_prod(torch.arange(POSITIONS), torch.arange(POSITIONS)).T


def pass_messages(values: Tensor, scores: Tensor, edges: Tensor, *, softmax: bool = True) -> Tensor:
    """Return sum over i of g_ij f_i for every node j, `[N, heads, G]`.

    Args:
        values: f_i, `[N, heads, G]`.
        scores: s_ij, `[E, heads]`.
        edges: Sources i and targets j, `[2, E]`.
        softmax: Whether g is the softmax of s over the edges into a node; otherwise it is the sigmoid of s.
    """
    source, target = edges
    add_up = SumAggregation()
    weights = scores.exp() if softmax else scores.sigmoid()
    messages = (weights[:, :, None] * values[source]).flatten(1)  # [E, heads G]
    sums = add_up(messages, target, len(values)).unflatten(1, values.shape[1:])
    return sums / add_up(weights, target, len(values))[:, :, None] if softmax else sums


class GraphAttention(nn.Module):
    """The projections of a multi-head attention, with message passing on a graph between them.

    Args:
        attention: The attention whose projections are used.
        edges: Edges between positions `[2, E]`.
        softmax: As in `pass_messages`.
        additive: Vectors `[heads, 2 G]` of additive scores; dot products when absent.
    """

    def __init__(
        self, attention: MultiHeadAttention, edges: Tensor, *, softmax: bool = True, additive: Tensor | None = None
    ) -> None:
        super().__init__()
        self.attention, self.edges, self.softmax, self.additive = attention, edges, softmax, additive

    def forward(self, x: Tensor, memory: Tensor, causal: bool = False) -> Tensor:
        """Return the new features `[1, N, D]`. The edges determine what each position sees; `causal` is ignored."""
        query, key, value = (
            project(features[0]).unflatten(1, (self.attention.heads, -1))  # [N, heads, G]
            for project, features in (
                (self.attention.query, x),
                (self.attention.key, memory),
                (self.attention.value, memory),
            )
        )
        by_target, by_source = query[self.edges[1]], key[self.edges[0]]  # [E, heads, G]
        if self.additive is None:
            scores = (by_target * by_source).sum(2) / query.shape[2] ** 0.5
        else:
            scores = leaky_relu((self.additive * torch.cat([by_target, by_source], 2)).sum(2), 0.2)
        mixed = pass_messages(value, scores, self.edges, softmax=self.softmax)
        return self.attention.output(mixed.flatten(1))[None]


def _transformer_error(form: str, edges: Tensor, x: Tensor, generator: torch.Generator) -> float:
    transformer = Transformer(form=form, width=WIDTH, heads=HEADS, layers=2, positions=True)
    transformer = _initialised(transformer, generator)
    expected = transformer(x)
    for layer in [*transformer.encoder, *transformer.decoder]:
        layer.self_attention = GraphAttention(layer.self_attention, edges)
    return difference(transformer(x), expected)


def _gat_error(x: Tensor, edges: Tensor, generator: torch.Generator) -> float:
    layer = _initialised(GATLayer(WIDTH, 4, HEADS, concatenate=True), generator)
    values = layer.linear(x).unflatten(1, (HEADS, -1))
    by_source, by_target = ((values * a).sum(2) for a in (layer.coefficients.source, layer.coefficients.target))
    scores = leaky_relu(by_source[edges[0]] + by_target[edges[1]], layer.coefficients.slope)
    return difference(pass_messages(values, scores, edges).flatten(1) + layer.bias, layer(x, edges))


def _initialised(network: nn.Module, generator: torch.Generator) -> nn.Module:
    """Draw weights with variance 1 / fan-in, small biases, and gains of normalisations near one."""
    network = network.double()
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype)
            if parameter.dim() > 1:
                parameter.copy_(noise / parameter[0].numel() ** 0.5)
            else:
                parameter.copy_(0.1 * noise + (1.0 if name.endswith("norm.weight") else 0.0))
    return network
