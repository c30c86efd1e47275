"""Exact checks of the locally connected layer: unit by unit, and as a linear layer with zeros."""

import torch
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.convolution_layer.locally_connected_layer import LocallyConnectedLayer


@torch.no_grad()
def unit_by_unit(generator: torch.Generator) -> float:
    """Return the difference, with a stride of two, between all units and their sums, one after the other."""
    layer = LocallyConnectedLayer(image=[5, 4], stride=2).double()
    torch.nn.init.normal_(layer.bias, generator=generator)
    x = torch.randn(2, 2, 5, 4, generator=generator, dtype=torch.float64)
    padded, expected = F.pad(x, [1] * 4), torch.zeros(2, 3, 3, 2, dtype=torch.float64)
    weight, bias = layer.weight.view(3, 2, 3, 3, 3, 2), layer.bias.view(3, 2, 3)
    for row in range(3):
        for column in range(2):
            window = padded[:, :, 2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
            for unit in range(3):
                total = (window * weight[row, column, unit].movedim(2, 0)).sum((1, 2, 3))
                expected[:, unit, row, column] = total + bias[row, column, unit]
    return difference(layer(x), expected)


def every_weight_has_one_position(generator: torch.Generator) -> float:
    """Return the largest derivative of an output by weights of another position, relative to the largest of all."""
    layer = LocallyConnectedLayer(out_channels=1).double()
    x = torch.randn(1, 2, 5, 4, generator=generator, dtype=torch.float64)
    slopes = torch.autograd.functional.jacobian(
        lambda weight: torch.func.functional_call(layer, {"weight": weight}, x).flatten(), layer.weight
    )
    sizes = slopes.abs().amax((2, 3))  # [outputs, units]
    return ((sizes - sizes.diagonal().diag()).max() / sizes.max()).item()
