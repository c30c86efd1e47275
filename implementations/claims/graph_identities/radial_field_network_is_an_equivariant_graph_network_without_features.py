"""Exact relation: a radial field network is an E(n)-equivariant graph network that has no features of nodes.

Source: Satorras, Hoogeboom & Welling 2021, Table 1 (satorras2021en); Koehler, Klein & Noe 2019 (kohler2019equivariant).

Method: the perceptrons of an equivariant graph network may be any functions. Its messages become the random functions
of the distance of a radial field network, which are the weights of the displacements themselves, and features of nodes
remain unchanged. Points are random, and one of them is isolated.

Measures:
    agreement_error: difference of the coordinates after two layers.
    feature_error: difference of the features from those before the layers.
    squared_difference: where the functions get the square of the distance, as the perceptrons of the other network do.
    features_difference: where the messages see the features as well.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from implementations.architectures.graph.equivariant_graph_network import EquivariantGraphNetwork
from implementations.architectures.graph.radial_field_network import RadialFieldNetwork
from implementations.claims.agreement import difference
from implementations.claims.function import Function

WIDTH, EDGE_FEATURES = 6, 2


def run(seed: int) -> dict[str, float]:
    """Compare the two on random points.

    Args:
        seed: Seed of weights, points and edges.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    field = RadialFieldNetwork(edge_features=EDGE_FEATURES).double()
    general = EquivariantGraphNetwork(edge_features=EDGE_FEATURES, width=WIDTH, layers=len(field.layers)).double()
    for parameter in (*field.parameters(), *general.embed.parameters(), *general.read_out.parameters()):
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    inputs = {
        name: value if name == "edge_index" else value.double()
        for name, value in general.example_inputs(generator).items()
    }
    with torch.no_grad():
        expected = field(inputs["x"], inputs["edge_index"], inputs["e"])
        same = restricted(general, field, torch.sqrt)(**inputs)
        squared = restricted(general, field, lambda square: square)(**inputs)
        seeing = restricted(general, field, torch.sqrt, share=1.0)(**inputs)
        return {
            "agreement_error": difference(same.x, expected),
            "feature_error": difference(same.h, general.read_out(general.embed(inputs["h"]))),
            "squared_difference": difference(squared.x, expected),
            "features_difference": difference(seeing.x, expected),
        }


def restricted(
    general: EquivariantGraphNetwork,
    field: RadialFieldNetwork,
    of_square: Callable[[Tensor], Tensor],
    share: float = 0.0,
) -> EquivariantGraphNetwork:
    """Let messages be the functions of a field, plus a share of a node's first feature; features remain unchanged."""
    for layer, source in zip(general.layers, field.layers, strict=True):
        layer.message = Function(message(source.phi, of_square, share))
        layer.coordinate_update.coefficient = Function(lambda weight: weight)
        layer.update = Function(lambda features: torch.zeros_like(features[:, :WIDTH]))
    return general


def message(phi: nn.Module, of_square: Callable[[Tensor], Tensor], share: float) -> Callable[[Tensor], Tensor]:
    """Return a function of both nodes' features, the squared distance and the features of an edge."""

    def value(inputs: Tensor) -> Tensor:
        square, e = inputs[:, 2 * WIDTH, None], inputs[:, 2 * WIDTH + 1 :]
        weight: Tensor = phi(torch.cat([of_square(square), e], 1))
        return weight + share * inputs[:, :1]

    return value
