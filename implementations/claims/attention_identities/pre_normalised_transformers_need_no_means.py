"""Exact relation: a pre-normalised Transformer with layer normalisation is one with root mean square normalisation.

Source: Zhang & Sennrich 2019, sec. 4 (zhang2019root), for one layer; Jiang et al. 2023 (jiang2023pre) for the network.

Method: random features pass a layer normalisation, and what is left after subtracting their mean passes a root mean
square normalisation. Then a Vision Transformer gets random weights. In a copy every layer that writes to the features
of a token has its mean over the width subtracted, every shift of a normalisation moves into the biases of the layers
that read its result, and no normalisation subtracts a mean.

Measures:
    layer_error: relative difference of layer normalisation, and root mean square normalisation of centred features.
    network_error: relative difference of the logits of the Vision Transformer and of the copy.
    raw_difference: of layer normalisation, and root mean square normalisation of the features themselves.
    uncentred_difference: of the logits, if no layer is centred.
    one_uncentred_difference: of the logits, if the first perceptron alone is not centred.
    shift_difference: of the logits, if the shifts are dropped instead of moved.
"""

from copy import deepcopy

import torch
from torch import Tensor, nn

from implementations.architectures.attention.vision_transformer import EPSILON, Block, VisionTransformer
from implementations.claims.agreement import difference
from implementations.concepts.component.layer_normalisation import LayerNormalisation
from implementations.concepts.normalisation.root_mean_square_normalisation import RootMeanSquareNormalisation

WIDTH = 8


@torch.no_grad()
def run(seed: int) -> dict[str, float]:
    """Compare both normalisations, and both networks.

    Args:
        seed: Seed of features, images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    norm, network = LayerNormalisation(width=WIDTH).double(), VisionTransformer(width=WIDTH).double()
    for parameter in (*norm.parameters(), *network.parameters()):
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    x = torch.randn(5, WIDTH, generator=generator, dtype=torch.float64)
    images = network.example_inputs(generator)["x"].double()
    logits = network(images)
    writers = layers_that_write(network)
    return {
        "layer_error": difference(rescaled(norm, x - x.mean(1, keepdim=True)) + norm.beta, norm(x)),
        "network_error": difference(without_means(network, writers)(images), logits),
        "raw_difference": difference(rescaled(norm, x) + norm.beta, norm(x)),
        "uncentred_difference": difference(without_means(network, [])(images), logits),
        "one_uncentred_difference": difference(
            without_means(network, [name for name in writers if name != "blocks.0.perceptron.2"])(images), logits
        ),
        "shift_difference": difference(without_means(network, writers, shifts=False)(images), logits),
    }


def rescaled(norm: LayerNormalisation, x: Tensor) -> Tensor:
    """Return root mean square normalisation with the scales of a layer normalisation."""
    layer = RootMeanSquareNormalisation(width=len(norm.gamma), epsilon=norm.epsilon).double()
    layer.gamma.copy_(norm.gamma)
    return layer(x)


def layers_that_write(network: VisionTransformer) -> list[str]:
    """Return the names of all layers whose outputs are added up in the features of a token."""
    branches = [
        f"blocks.{n}.{branch}" for n in range(len(network.blocks)) for branch in ("attention.output", "perceptron.2")
    ]
    return ["embedding.linear", "class_token", "code", *branches]


def without_means(network: VisionTransformer, writers: list[str], shifts: bool = True) -> VisionTransformer:
    """Return a copy without means and shifts in its normalisations.

    Args:
        network: A Vision Transformer.
        writers: Names of the layers from whose outputs their mean over the width is subtracted.
        shifts: Whether shifts move into the layers that follow; otherwise they are dropped.
    """
    copy = deepcopy(network)
    for name in writers:
        for parameter in copy.get_submodule(name).parameters():
            # The width is the first axis of weights and biases of a linear layer, and the last one of a table.
            axis = 0 if isinstance(copy.get_submodule(name), nn.Linear) else -1
            parameter.sub_(parameter.mean(axis, keepdim=True))
    for block in copy.blocks:
        assert isinstance(block, Block)
        attention = block.attention
        block.attention_norm = moved(block.attention_norm, [attention.query, attention.key, attention.value], shifts)
        block.perceptron_norm = moved(block.perceptron_norm, [block.perceptron[0]], shifts)
    copy.norm = moved(copy.norm, [copy.classifier], shifts)
    return copy


def moved(norm: nn.LayerNorm, readers: list[nn.Module], shifts: bool) -> RootMeanSquareNormalisation:
    """Return the normalisation without mean and shift; the biases of the layers that read its result get the shift."""
    for reader in readers:
        if shifts:
            reader.bias += reader.weight @ norm.bias
    layer = RootMeanSquareNormalisation(width=len(norm.weight), epsilon=EPSILON).double()
    layer.gamma.copy_(norm.weight)
    return layer
