"""Experiment: what do ten layers compute when the non-linearity between them is removed?

Source: the lecture's question at S4, "Why have a non-linearity?".

Method: random networks of 1..10 affine layers, 16 units wide, from 8 inputs to 4 outputs, on 2000 normal inputs. The
product of the matrices and the accumulated bias make one affine layer, compared with the network itself. The converse:
a given affine map is factored through ten layers by its singular value decomposition. With rectified linear units
between the layers (weights by He's rule), the best affine map is fitted by least squares; R^2 is the share of the
variance that it explains on the inputs to which it was fitted, which favours the fit.

Measures:
    collapse_error: relative max difference between ten affine layers and the one layer they collapse to.
    expansion_error: relative max difference between an affine map and ten affine layers 16 wide made to equal it.
    relu_r2: R^2 of the best affine fit to the ten-layer network with rectified linear units.
    relu_difference: relative max difference between that network and its best affine fit.
    bottleneck_difference: relative max difference between the affine map and the best that ten affine layers with a
        bottleneck of 2 units can do.
    depth: 1..10; r2_affine, r2_relu: R^2 of the best affine fit by number of layers.
"""

import math

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.linear_model import LinearModel
from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.agreement import difference

INPUTS, WIDTH, OUTPUTS, DEPTH, POINTS = 8, 16, 4, 10, 2000


def run(seed: int) -> dict[str, float | list[float]]:
    """Compare stacks of affine layers, with and without rectified linear units, with linear models.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(POINTS, INPUTS, generator=generator, dtype=torch.float64)
    affine = [_randomised(stack(depth, WIDTH, "identity"), generator) for depth in range(1, DEPTH + 1)]
    rectified = [stack(depth, WIDTH, "relu") for depth in range(1, DEPTH + 1)]
    for ours, theirs in zip(rectified, affine, strict=True):
        ours.load_state_dict(theirs.state_dict())
    linear = _randomised(LinearModel(in_features=INPUTS, out_features=OUTPUTS).double(), generator)
    with torch.no_grad():
        y = rectified[-1](x)
        return {
            "collapse_error": difference(collapsed(affine[-1])(x), affine[-1](x)),
            "expansion_error": difference(expanded(linear, WIDTH)(x), linear(x)),
            "relu_r2": r_squared(x, y),
            "relu_difference": difference(best_affine_fit(x, y), y),
            "bottleneck_difference": difference(expanded(linear, 2)(x), linear(x)),
            "depth": [float(depth) for depth in range(1, DEPTH + 1)],
            "r2_affine": [r_squared(x, network(x)) for network in affine],
            "r2_relu": [r_squared(x, network(x)) for network in rectified],
        }


def stack(depth: int, width: int, activation: str) -> MLP:
    """Return a network of `depth` affine layers, with an activation between them."""
    hidden = [width] * (depth - 1)
    return MLP(in_features=INPUTS, hidden=hidden, out_features=OUTPUTS, activation=activation).double()


def collapsed(network: MLP) -> LinearModel:
    """Return the linear model that a network without non-linearity computes."""
    first, *others = _linears(network)
    weight, bias = first.weight, first.bias
    for layer in others:
        weight, bias = layer.weight @ weight, layer.weight @ bias + layer.bias
    model = LinearModel(in_features=INPUTS, out_features=OUTPUTS).double()
    _fill(model.linear, weight, bias)
    return model


def expanded(model: LinearModel, width: int) -> MLP:
    """Return ten affine layers of a given width that equal a linear model, or approximate it if they are narrow."""
    left, sizes, right = torch.linalg.svd(model.linear.weight, full_matrices=False)
    rank = min(width, len(sizes))
    network = stack(DEPTH, width, "identity")
    first, *middle, last = _linears(network)
    nothing = torch.zeros(width, dtype=torch.float64)
    _fill(first, torch.zeros_like(first.weight).index_copy(0, torch.arange(rank), right[:rank]), nothing)
    for layer in middle:
        _fill(layer, torch.eye(width, dtype=torch.float64), nothing)
    scaled = left[:, :rank] * sizes[:rank]
    _fill(last, torch.zeros_like(last.weight).index_copy(1, torch.arange(rank), scaled), model.linear.bias)
    return network


def best_affine_fit(x: Tensor, y: Tensor) -> Tensor:
    """Return the values of the affine map that is nearest to `y` in least squares."""
    design = torch.cat([x, torch.ones_like(x[:, :1])], dim=1)
    return design @ torch.linalg.lstsq(design, y).solution


def r_squared(x: Tensor, y: Tensor) -> float:
    """Return the share of the variance of `y` that the best affine map of `x` explains."""
    residual = (y - best_affine_fit(x, y)).square().sum()
    return (1 - residual / (y - y.mean(0)).square().sum()).item()


def _linears(network: nn.Module) -> list[nn.Linear]:
    return [layer for layer in network.modules() if isinstance(layer, nn.Linear)]


def _fill(layer: nn.Linear, weight: Tensor, bias: Tensor) -> None:
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)


def _randomised(network: nn.Module, generator: torch.Generator) -> nn.Module:
    for layer in _linears(network):
        weight = torch.randn(layer.weight.shape, generator=generator, dtype=torch.float64)
        bias = torch.randn(layer.bias.shape, generator=generator, dtype=torch.float64)
        _fill(layer, weight * math.sqrt(2 / layer.in_features), 0.1 * bias)
    return network
