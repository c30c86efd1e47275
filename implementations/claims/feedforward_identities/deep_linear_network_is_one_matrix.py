"""Experiment: a deep linear network against the linear model whose matrix is the product of its layers.

Source: Saxe, McClelland & Ganguli 2014 (saxe2013exact).

Measures:
    agreement_error: difference between the two.
    rectified_difference: the same with rectified linear units between the layers.
"""

import torch

from implementations.architectures.feedforward.deep_linear_network import DeepLinearNetwork
from implementations.architectures.feedforward.linear_model import LinearModel
from implementations.claims.agreement import difference


def run(seed: int) -> dict[str, float]:
    """Compare five layers with their product.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    deep = DeepLinearNetwork(in_features=6, hidden=[8, 5, 7, 9], out_features=4).double()
    flat = LinearModel(in_features=6, out_features=4, bias=False).double()
    x = torch.randn(20, 6, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        for layer in deep.layers:
            layer.weight.copy_(torch.randn(layer.weight.shape, generator=generator, dtype=torch.float64))
        flat.linear.weight.copy_(torch.linalg.multi_dot([layer.weight for layer in deep.layers][::-1]))
        hidden = x
        for layer in deep.layers[:-1]:
            hidden = torch.relu(layer(hidden))
        return {
            "agreement_error": difference(deep(x), flat(x)),
            "rectified_difference": difference(deep.layers[-1](hidden), flat(x)),
        }
