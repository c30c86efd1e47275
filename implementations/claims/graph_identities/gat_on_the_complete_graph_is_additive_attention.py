"""Exact relation: a graph attention layer on the complete graph is additive attention of the nodes to each other.

Source: Velickovic et al. 2018, eq. 3 and 5 (velickovic2017graph); Bahdanau, Cho & Bengio 2015, eq. 5 and 6 and
sec. A.1.2 (bahdanau2014neural).

Method: a random GAT layer of three heads on the complete graph with self-loops is compared with three additive
attentions, in which queries, keys and values are all the linear map W h of the nodes. Each has one hidden unit, whose
weights are the two halves of the attention vector, with a leaky rectified linear unit instead of the hyperbolic
tangent, and a weight of 1 in the score.

Measures:
    agreement_error: relative difference of the two.
    missing_edge_difference: on the complete graph without one edge.
    tanh_difference: with the hyperbolic tangent that additive attention has in translation.
    no_self_loops_difference: on the complete graph without self-loops.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.graph.gat import GATLayer
from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.additive_attention import AdditiveAttention

NODES, FEATURES, SIZE, HEADS = 6, 5, 4, 3


def run(seed: int) -> dict[str, float]:
    """Compare a GAT layer with additive attention.

    Args:
        seed: Seed of features and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(NODES, FEATURES, generator=generator, dtype=torch.float64)
    complete = torch.cartesian_prod(torch.arange(NODES), torch.arange(NODES)).T
    incomplete = complete[:, (complete[0] != 0) | (complete[1] != 1)]  # without the edge from node 0 to node 1
    layer = GATLayer(FEATURES, SIZE, HEADS, concatenate=True).double()
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        expected = densely(layer, x)
        return {
            "agreement_error": difference(layer(x, complete), expected),
            "missing_edge_difference": difference(layer(x, incomplete), expected),
            "tanh_difference": difference(densely(layer, x, activation=nn.Tanh()), expected),
            "no_self_loops_difference": difference(layer(x, complete[:, complete[0] != complete[1]]), expected),
        }


def densely(layer: GATLayer, x: Tensor, activation: nn.Module | None = None) -> Tensor:
    """Return the layer's output `[N, heads G]` by additive attention, one for each head.

    Args:
        layer: The layer whose weights are used.
        x: Features of the nodes, `[N, F]`.
        activation: The non-linearity of the hidden unit; the leaky rectifier of the layer when absent.
    """
    heads = []
    for head, values in enumerate(layer.linear(x).unflatten(1, (HEADS, SIZE)).unbind(1)):
        attention = AdditiveAttention(query_features=SIZE, key_features=SIZE, units=1).double()
        attention.query.weight.copy_(layer.coefficients.target[head])
        attention.key.weight.copy_(layer.coefficients.source[head])
        attention.score.weight.fill_(1.0)
        attention.activation = activation or nn.LeakyReLU(layer.coefficients.slope)
        heads.append(attention(values, values, values))
    return torch.cat(heads, dim=1) + layer.bias
