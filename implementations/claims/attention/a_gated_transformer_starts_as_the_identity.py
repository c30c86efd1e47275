"""Experiment: how much do the layers of a gated Transformer change their input before training?

Source: the lecture, S18; Parisotto et al. 2020, sec. 3 (parisotto2020stabilizing).

Method: random vectors go through layers of the library's gated Transformer-XL, whose gates have a bias of two, as in
the paper, and through layers of Transformer-XL, which normalise after sums. All weights are random as at the start.

Measures:
    change: length of the difference between output and input of 24 gated layers, divided by the length of the input.
    change_layer: the same for one gated layer.
    alignment_six: cosine between the output of six gated layers and their input.
    gradient: length of the gradient at the input of 24 gated layers, divided by that at their output.
    change_plain: as `change`, for 24 layers of Transformer-XL.
    change_closed: as `change`, for 24 gated layers with a bias of ten.
    layer: 1, 2, 4, 6, 12, 24; two, four, plain: cosines, for gates with a bias of two, of four, and for Transformer-XL.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.attention.gated_transformer_xl import GatedTransformerXL
from implementations.architectures.attention.transformer_xl import TransformerXL

DEPTHS, SIZES = [1, 2, 4, 6, 12, 24], {"width": 32, "heads": 4, "hidden": 64, "layers": 24}
BATCH, LENGTH = 8, 16


def run(seed: int) -> dict[str, float | list[float]]:
    """Send random vectors through all layers.

    Args:
        seed: Seed of weights and vectors.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    biases = {"two": 2.0, "four": 4.0, "closed": 10.0}
    states = {name: passed(GatedTransformerXL(**SIZES, bias=bias)) for name, bias in biases.items()}
    states["plain"] = passed(TransformerXL(**SIZES))
    (first, *_, last) = two = states["two"]
    slope = torch.autograd.grad(last, [first, last], torch.randn_like(last))
    cosines = {name: [alignment(values[depth], values[0]) for depth in DEPTHS] for name, values in states.items()}
    return {
        "change": change(two[-1], first),
        "change_layer": change(two[1], first),
        "alignment_six": cosines["two"][DEPTHS.index(6)],
        "gradient": (slope[0].norm() / slope[1].norm()).item(),
        "change_plain": change(states["plain"][-1], states["plain"][0]),
        "change_closed": change(states["closed"][-1], states["closed"][0]),
        "layer": [float(depth) for depth in DEPTHS],
        "two": cosines["two"],
        "four": cosines["four"],
        "plain": cosines["plain"],
    }


def passed(network: nn.Module) -> list[Tensor]:
    """Return the input of a network's layers, and the output of each."""
    states = [torch.randn(BATCH, LENGTH, SIZES["width"], dtype=torch.float64, requires_grad=True)]
    for layer in network.double().layers:
        states.append(layer(states[-1], states[-1]))
    return states


def change(after: Tensor, before: Tensor) -> float:
    """Return the length of the difference, divided by that of the input."""
    return ((after - before).norm() / before.norm()).item()


def alignment(after: Tensor, before: Tensor) -> float:
    """Return the cosine of all vectors together."""
    return F.cosine_similarity(after.flatten(), before.flatten(), dim=0).item()
