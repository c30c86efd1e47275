"""Exact relation: personalised propagation without teleport, of linear predictions, is simplified graph convolution.

Source: Gasteiger, Bojchevski & Guennemann 2019 (gasteiger2018predict); Wu et al. 2019 (wu2019simplifying).

Method: with alpha = 0 every step is a product with S = D^-1/2 (A + I) D^-1/2, so that K steps multiply the predictions
by S^K. The two are compared for a perceptron with a hidden layer. Where the perceptron is one linear map without bias,
map and propagation commute, and the result is compared with the simplified graph convolution of K steps and the same
map.

Measures:
    power_error: relative difference of propagated predictions and S^K times the predictions.
    agreement_error: of propagated linear predictions and the simplified graph convolution.
    teleport_difference: of the same with alpha = 0.1.
    bias_difference: of the same with a bias, before the propagation on one side and after it on the other.
"""

import torch
from torch import nn

from implementations.architectures.graph.personalised_propagation import PersonalisedPropagation
from implementations.architectures.graph.simplified_graph_convolution import SimplifiedGraphConvolution
from implementations.claims.agreement import difference
from implementations.concepts.component.degree_normalised_aggregation import DegreeNormalisedAggregation

NODES, EDGES, FEATURES, OUTPUTS, STEPS = 8, 14, 5, 3, 4


def run(seed: int) -> dict[str, float]:
    """Propagate predictions with and without teleport, and compare.

    Args:
        seed: Seed of graph, features and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(NODES, FEATURES, generator=generator, dtype=torch.float64)
    edges = torch.randint(0, NODES, (2, EDGES), generator=generator)
    edges = edges[:, edges[0] != edges[1]]
    matrix = DegreeNormalisedAggregation()(torch.eye(NODES, dtype=torch.float64), edges)
    with torch.no_grad():
        nonlinear = _drawn(_propagation([6], 0.0), generator)
        first, last = nonlinear.layers
        predictions = last(torch.relu(first(x)))
        simplified = _drawn(
            SimplifiedGraphConvolution(in_features=FEATURES, out_features=OUTPUTS, steps=STEPS), generator
        )
        plain, mixed, biased = _propagation([], 0.0), _propagation([], 0.1), _propagation([], 0.0)
        for network in (plain, mixed, biased):
            network.double().layers[0].weight.copy_(simplified.linear.weight)
            network.layers[0].bias.zero_()
        biased.layers[0].bias.copy_(simplified.linear.bias)
        with_bias = simplified(x, edges)
        without_bias = with_bias - simplified.linear.bias
        return {
            "power_error": difference(nonlinear(x, edges), torch.linalg.matrix_power(matrix, STEPS) @ predictions),
            "agreement_error": difference(plain(x, edges), without_bias),
            "teleport_difference": difference(mixed(x, edges), without_bias),
            "bias_difference": difference(biased(x, edges), with_bias),
        }


def _propagation(hidden: list[int], teleport: float) -> PersonalisedPropagation:
    return PersonalisedPropagation(
        in_features=FEATURES, hidden=hidden, out_features=OUTPUTS, steps=STEPS, teleport=teleport
    )


def _drawn(network: nn.Module, generator: torch.Generator) -> nn.Module:
    """Draw all parameters from the standard normal distribution."""
    for parameter in network.double().parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    return network
