"""Experiment: networks are trained on digits whose pixels have been shuffled, all images alike.

Source: the lecture, S16 and S17; LeCun et al. 1998 (lecun1998gradient).

Method: one random permutation is applied to the pixels of all images. A perceptron is trained on the original images
and, from first weights that are permuted in the same way, on the shuffled ones. A convolutional network with windows of
three by three pixels is trained on both from the same weights.

Measures:
    difference: largest relative difference of the perceptron's losses over its training, shuffled or not.
    perceptron, perceptron_shuffled: its accuracy on test images.
    drop: accuracy of the convolutional network on original images less that on shuffled ones.
    drop_pointwise: the same with windows of a single pixel, which have no neighbours.
    names: accuracies of perceptron and convolutional network, each on original and on shuffled images.
"""

import copy

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.convolutional_network import ConvolutionalNetwork
from implementations.architectures.feedforward.mlp import MLP
from implementations.concepts.task.digits import Digits
from kb.training import fit

STEPS = 400


class ShuffledDigits(Digits):
    """Digits whose pixels are permuted.

    Args:
        order: The pixel that moves to each position, `[64]`.
        generator: Draws the batches.
        layout: As for the digits.
    """

    def __init__(self, *, order: Tensor, generator: torch.Generator, layout: str) -> None:
        super().__init__(generator=generator, layout=layout)
        self.images = self.images.flatten(1)[:, order].view_as(self.images).double()


def run(seed: int) -> dict[str, float | list[float]]:
    """Train on original and on shuffled images.

    Args:
        seed: Seed of the permutation, weights and batches.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    asis, order = torch.arange(64), torch.randperm(64)
    perceptron = MLP(in_features=64, hidden=[64], out_features=10).double()
    permuted = copy.deepcopy(perceptron)
    with torch.no_grad():
        permuted.layers[0].weight.copy_(perceptron.layers[0].weight[:, order])
    losses, right = zip(*(trained(*pair, seed) for pair in ((perceptron, asis), (permuted, order))), strict=True)
    seeing, blind = (convolutional(size) for size in (3, 1))
    local = [trained(copy.deepcopy(seeing), places, seed)[1] for places in (asis, order)]
    pointwise = [trained(copy.deepcopy(blind), places, seed)[1] for places in (asis, order)]
    return {
        "difference": (losses[1] / losses[0] - 1).abs().max().item(),
        "perceptron": right[0],
        "perceptron_shuffled": right[1],
        "drop": local[0] - local[1],
        "drop_pointwise": pointwise[0] - pointwise[1],
        "names": [*right, *local],
    }


def convolutional(size: int) -> ConvolutionalNetwork:
    """Return a network with windows of a size."""
    return ConvolutionalNetwork(in_channels=1, channels=[16, 32], kernel_size=size, classes=10).double()


def trained(network: nn.Module, order: Tensor, seed: int) -> tuple[Tensor, float]:
    """Train a network on shuffled digits, and return all losses and the accuracy on test images."""
    layout = "flat" if isinstance(network, MLP) else "image"
    task = ShuffledDigits(order=order, generator=torch.Generator().manual_seed(seed), layout=layout)
    losses = fit(network, task, steps=STEPS)
    inputs, target = task.test()
    with torch.no_grad():
        return torch.tensor(losses, dtype=torch.float64), task.score(network(**inputs), target)
