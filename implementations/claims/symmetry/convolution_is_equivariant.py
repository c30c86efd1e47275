"""Experiment: what does shifting an image do to the features of a convolutional network, and to its output?

Source: the lecture, S17; equivariance in the sense of Cohen & Welling 2016 (cohen2016group).

Method: random networks of two convolutions of 3 x 3 on 20 random images of 12 x 12 pixels. Images are shifted with
wrap-around by every (s, 2s), s = 1..11. Changes are norms relative to the norm of the original.

Measures:
    equivariance_error: max over shifts of |f(shift x) - shift f(x)| / |f(x)|, feature map, circular padding.
    invariance_error: max over shifts of |g(shift x) - g(x)| / |g(x)|, g with global average pooling and a read-out.
    unpooled_change: min over shifts of |f(shift x) - f(x)| / |f(x)|: the feature map is not invariant.
    zero_padding_equivariance_error, zero_padding_invariance_error: the two errors with zero padding (max over shifts).
    stride_equivariance_error: the first error with stride 2, for the shift by one pixel (its output cannot shift by
        1/2).
    mlp_change: min over shifts of the change of an MLP's output.
    shift: 0..11; pooled, pooled_zero_padding, unpooled, mlp: change of each output by shift.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.convolutional_network import ConvolutionalNetwork
from implementations.architectures.feedforward.mlp import MLP

IMAGES, SIZE = 20, 12


def run(seed: int) -> dict[str, float | list[float]]:
    """Shift images and compare the outputs of random networks.

    Args:
        seed: Seed of weights and images.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(IMAGES, 1, SIZE, SIZE, generator=generator, dtype=torch.float64)
    circular = _initialised(ConvolutionalNetwork(in_channels=1, padding="circular", classes=4), generator)
    zeros = ConvolutionalNetwork(in_channels=1, padding="zeros", classes=4).double()
    strided = ConvolutionalNetwork(in_channels=1, padding="circular", stride=2, classes=4).double()
    for other in (zeros, strided):
        other.load_state_dict(circular.state_dict())
    mlp = _initialised(MLP(in_features=SIZE**2, hidden=[64, 64], out_features=4), generator)
    shifts = range(SIZE)
    with torch.no_grad():
        pooled = [change(circular(shift(x, s)), circular(x)) for s in shifts]
        pooled_zeros = [change(zeros(shift(x, s)), zeros(x)) for s in shifts]
        unpooled = [change(circular.layers(shift(x, s)), circular.layers(x)) for s in shifts]
        dense = [change(mlp(shift(x, s).flatten(1)), mlp(x.flatten(1))) for s in shifts]
        return {
            "equivariance_error": max(equivariance_error(circular.layers, x, s) for s in shifts),
            "invariance_error": max(pooled),
            "unpooled_change": min(unpooled[1:]),
            "zero_padding_equivariance_error": max(equivariance_error(zeros.layers, x, s) for s in shifts),
            "zero_padding_invariance_error": max(pooled_zeros),
            "stride_equivariance_error": _stride_error(strided.layers, x),
            "mlp_change": min(dense[1:]),
            "shift": [float(s) for s in shifts],
            "pooled": pooled,
            "pooled_zero_padding": pooled_zeros,
            "unpooled": unpooled,
            "mlp": dense,
        }


def shift(x: Tensor, steps: int) -> Tensor:
    """Shift images `[B, C, H, W]` with wrap-around, down by `steps` and to the right by twice as many."""
    return x.roll((steps, 2 * steps), dims=(2, 3))


def change(new: Tensor, old: Tensor) -> float:
    """Return the norm of the difference, relative to the norm of the old value."""
    return ((new - old).norm() / old.norm()).item()


def equivariance_error(features: nn.Module, x: Tensor, steps: int) -> float:
    """Return by how much the features of the shifted image differ from the shifted features."""
    return change(features(shift(x, steps)), shift(features(x), steps))


def _stride_error(features: nn.Module, x: Tensor) -> float:
    """Return the smallest difference, over all shifts of the output, after the input is shifted by one pixel."""
    old, new = features(x), features(x.roll(1, dims=3))
    return min(change(new, old.roll(steps, dims=3)) for steps in range(old.shape[3]))


def _initialised(network: nn.Module, generator: torch.Generator) -> nn.Module:
    """Draw weights with variance 2 / fan-in, and small biases."""
    network = network.double()
    with torch.no_grad():
        for parameter in network.parameters():
            scale = (2 / parameter[0].numel()) ** 0.5 if parameter.dim() > 1 else 0.1
            parameter.copy_(scale * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))
    return network
