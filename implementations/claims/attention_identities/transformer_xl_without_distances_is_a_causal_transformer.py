"""Exact relation: Transformer-XL without codes of distances and without a memory is a Transformer's decoder.

Source: Dai et al. 2019, sec. 3.3 (dai2019transformer), the four terms of a score; the relation is our own remark.

Method: a Transformer-XL with random weights, whose matrices of codes of distances are zero, and a decoder with the same
weights. The biases of its queries are u, those of its keys are random, those of values and outputs are zero. Embedded
words go through the layers of both. Normalisations keep their first factors and shifts: with random ones, attention
changed little of the output, and the differences below were as small as 0.0003.

Measures:
    agreement_error: difference of the outputs of the layers, for a segment without a memory.
    gradient_error: difference of the gradients of the embedded words.
    distances_difference: difference of the outputs where the matrices of codes are random.
    memory_difference: difference for a second segment, where Transformer-XL has the first one as its memory.
    query_bias_difference: difference where the biases of the queries are random.
    value_bias_difference: difference where the biases of the values are random.
"""

import copy
from typing import TypeVar

import torch
from torch import Tensor, nn

from implementations.architectures.attention.transformer import Transformer
from implementations.architectures.attention.transformer_xl import TransformerXL, through
from implementations.claims.agreement import difference

Network = TypeVar("Network", bound=nn.Module)
EXAMPLES, POSITIONS, SIZES = 2, 6, {"width": 8, "heads": 2, "layers": 3, "hidden": 10}


def run(seed: int) -> dict[str, float]:
    """Copy the weights and compare.

    Args:
        seed: Seed of weights and words.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    net, decoder = TransformerXL(**SIZES, memory=POSITIONS).double(), Transformer(**SIZES, form="decoder").double()
    for name, parameter in [*net.named_parameters(), *decoder.named_parameters()]:
        if "norm" not in name:
            parameter.data.copy_(numbers(generator, *parameter.shape) / 2)
    for ours, theirs in zip(net.layers, decoder.decoder, strict=True):
        ours.attention.distance.weight.data.zero_()
        for name in ("query", "key", "value", "output"):
            getattr(theirs.self_attention, name).weight.data.copy_(getattr(ours.attention, name).weight)
        theirs.self_attention.query.bias.data.copy_(ours.attention.content_bias.flatten())
        theirs.self_attention.value.bias.data.zero_()
        theirs.self_attention.output.bias.data.zero_()
        theirs.self_norm.load_state_dict(ours.attention_norm.state_dict())
        theirs.feed_forward.load_state_dict(ours.feed_forward.state_dict())
        theirs.feed_forward_norm.load_state_dict(ours.feed_forward_norm.state_dict())

    x, later, sent = numbers(generator, 3, EXAMPLES, POSITIONS, SIZES["width"])
    x.requires_grad_()
    (found, memory), expected = through(net.layers, x, None, POSITIONS), decoder(x)
    slopes = [torch.autograd.grad(value, x, sent)[0] for value in (found, expected)]
    with_distances = randomised(net, "distance.weight", generator)
    return {
        "agreement_error": difference(found, expected),
        "gradient_error": difference(*slopes),
        "distances_difference": difference(through(with_distances.layers, x, None, POSITIONS)[0], expected),
        "memory_difference": difference(through(net.layers, later, memory, POSITIONS)[0], decoder(later)),
        "query_bias_difference": difference(randomised(decoder, "query.bias", generator)(x), found),
        "value_bias_difference": difference(randomised(decoder, "value.bias", generator)(x), found),
    }


def numbers(generator: torch.Generator, *shape: int) -> Tensor:
    """Return random numbers in double precision."""
    return torch.randn(shape, generator=generator, dtype=torch.float64)


def randomised(network: Network, name: str, generator: torch.Generator) -> Network:
    """Return a copy of a network in which one weight of every layer is random."""
    other = copy.deepcopy(network)
    for path, weight in other.named_parameters():
        if path.endswith(name):
            weight.data.copy_(numbers(generator, *weight.shape))
    return other
