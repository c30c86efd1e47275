"""Exact relation: a continuous-filter convolution is a tensor field convolution of scalars.

Source: Thomas et al. 2018 (thomas2018tensor); Schütt et al. 2017 (schutt2017schnet).

Method: the radial functions of a tensor field convolution may be any. They become the random filters of a
continuous-filter convolution, and the self-interaction of scalars becomes the identity.

Measures:
    agreement_error: difference of the features, with degree 0 alone.
    vectors_difference: difference of the scalars where there are vectors too, whose products are added to them.
    mixing_difference: difference where the self-interaction is not the identity.
"""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.claims.function import Function
from implementations.concepts.equivariant_layer.continuous_filter_convolution import ContinuousFilterConvolution
from implementations.concepts.equivariant_layer.tensor_field_convolution import TensorFieldConvolution

FEATURES = 4


def run(seed: int) -> dict[str, float]:
    """Compare the two on random points.

    Args:
        seed: Seed of weights, points and edges.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    special = ContinuousFilterConvolution(features=FEATURES).double()
    general, vectors = (TensorFieldConvolution(features=FEATURES, degree=degree).double() for degree in (0, 1))
    mixing = TensorFieldConvolution(features=FEATURES, degree=0).double()
    for parameter in (*special.parameters(), *vectors.parameters(), *mixing.parameters()):
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    inputs = vectors.example_inputs(generator)
    h, x, edges = inputs["h"].double(), inputs["x"].double(), inputs["edge_index"]
    with torch.no_grad():
        expected = special(h[:, :, 0], x, edges)
        as_it_is = mixing.self_interaction[0].weight.clone()
        return {
            "agreement_error": difference(restricted(general, special)(h[:, :, :1], x, edges)[:, :, 0], expected),
            "vectors_difference": difference(restricted(vectors, special)(h, x, edges)[:, :, 0], expected),
            "mixing_difference": difference(
                restricted(mixing, special, as_it_is)(h[:, :, :1], x, edges)[:, :, 0], expected
            ),
        }


def restricted(
    general: TensorFieldConvolution, special: ContinuousFilterConvolution, mixing: Tensor | None = None
) -> TensorFieldConvolution:
    """Let all radial functions be the filters of the other, and the self-interaction add up all paths."""
    paths = len(general.paths)
    general.encoded = lambda distances: distances  # type: ignore[method-assign]
    general.radial = Function(lambda distances: special.weights(distances).repeat(1, paths))
    to_scalars = general.self_interaction[0].weight
    identity = torch.eye(FEATURES, dtype=to_scalars.dtype).repeat(1, to_scalars.shape[1] // FEATURES)
    to_scalars.copy_(identity if mixing is None else mixing)
    general.self_interaction[0].bias.zero_()
    return general
