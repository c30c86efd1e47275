"""Experiment: the number of layers until every position of a sequence can influence every other, and its cost.

Source: the lecture, S25; Vaswani et al. 2017, Table 1 (vaswani2017attention).

Method: Jacobians of stacks of self-attention and of one-dimensional convolutions of width three, stride one, random
weights, no non-linearity between the layers. A block (i, j) is the derivative of the output at i by the input at j, and
counts as reached unless it is zero to the last bit. Operations are counted by torch's own counter on tensors without
values.

Measures:
    unreached: number of pairs that one layer of attention does not join, over lengths 4 to 16.
    layers_error: largest difference of the number of layers of convolution that join both ends from length - 1.
    share_convolution: share of the pairs that one layer of convolution joins, at length 16.
    exponent_attention: slope of log operations over log length, from 4096 to 8192 positions of 16 features.
    exponent_convolution: the same for the convolution.
    unreached_causal: as `unreached`, where every position sees those before it only, at length 16.
    length: 4, 6, .., 16; attention, convolution: layers needed to join both ends.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from implementations.claims.function import Function
from implementations.concepts.component.multi_head_attention import MultiHeadAttention

WIDTH, LENGTHS = 4, range(4, 17, 2)
WIDE, LONG = 16, (4096, 8192)


def run(seed: int) -> dict[str, float | list[float]]:
    """Count the layers until both ends are joined, and the operations of a layer.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    layers = {name: [layers_to_join(make, length) for length in LENGTHS] for name, make in MAKERS.items()}
    last = max(LENGTHS)
    return {
        "unreached": float(sum((~reached([attention()], length)).sum().item() for length in LENGTHS)),
        "layers_error": max(abs(n - length + 1) for n, length in zip(layers["convolution"], LENGTHS, strict=True)),
        "share_convolution": reached([convolution()], last).double().mean().item(),
        "exponent_attention": exponent(attention),
        "exponent_convolution": exponent(convolution),
        "unreached_causal": float((~reached([attention(causal=True)], last)).sum().item()),
        "length": [float(length) for length in LENGTHS],
        **layers,
    }


def attention(*, width: int = WIDTH, causal: bool = False) -> nn.Module:
    """Return a layer of self-attention over `[T, D]`."""
    layer = MultiHeadAttention(width=width).double()
    return Function(lambda x: layer(x[None], x[None], causal=causal)[0])


def convolution(*, width: int = WIDTH) -> nn.Module:
    """Return a layer of convolution of width three over `[T, D]`."""
    layer = nn.Conv1d(width, width, 3, padding=1).double()
    return Function(lambda x: layer(x.T[None])[0].T)


MAKERS = {"attention": attention, "convolution": convolution}


def reached(layers: list[nn.Module], length: int) -> Tensor:
    """Return whether the output at i depends on the input at j, `[T, T]`."""
    x = torch.randn(length, WIDTH, dtype=torch.float64)
    blocks = torch.autograd.functional.jacobian(nn.Sequential(*layers), x)  # [T, D, T, D]
    return (blocks != 0).any(3).any(1)


def layers_to_join(make: Callable[[], nn.Module], length: int) -> float:
    """Return how many layers it takes until each end of a sequence depends on the other."""
    layers = [make()]
    while not (joined := reached(layers, length))[0, -1] or not joined[-1, 0]:
        layers.append(make())
    return float(len(layers))


def exponent(make: Callable[..., nn.Module]) -> float:
    """Return the slope of log operations over log length, of one wide layer."""
    counts = []
    for length in LONG:
        with torch.device("meta"), FlopCounterMode(display=False) as counter:
            make(width=WIDE)(torch.empty(length, WIDE, dtype=torch.float64))
        counts.append(counter.get_total_flops())
    return math.log(counts[1] / counts[0]) / math.log(LONG[1] / LONG[0])
