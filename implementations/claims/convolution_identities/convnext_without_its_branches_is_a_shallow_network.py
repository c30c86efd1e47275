"""Exact relation: ConvNeXt with layer scales of zero is its stem, its downsampling layers and its classifier.

Source: Liu et al. 2022 (liu2022convnet), Fig. 4; Touvron et al. 2021 (touvron2021going).

Method: a network of three stages gets random weights, and layer scales of zero. Blocks are compared with the identity,
and the network with the one whose blocks are left out.

Measures:
    block_error: greatest relative difference of a block's output and its input.
    gradient_error: of the gradient at the input of a block and that at its output.
    network_error: of the logits of the network and of the network without blocks.
    scaled_difference: the same with factors of one.
    last_block_difference: the same with factors of one in the last block only.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.convnext import ConvNeXt
from implementations.claims.agreement import difference
from implementations.concepts.component.residual_connection import ResidualConnection


def run(seed: int) -> dict[str, float]:
    """Compare a network with its layers outside of the blocks.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    net = ConvNeXt(blocks=[2, 1, 2], widths=[3, 4, 5]).double()
    for parameter in net.parameters():
        nn.init.normal_(parameter, generator=generator)
    x = net.example_inputs(generator)["x"].double()
    blocks = [layer for stage in net.stages for layer in stage if isinstance(layer, ResidualConnection)]
    shallow = without_blocks(net, x)
    found = {}
    for name, scales in {
        "network_error": [0, 0, 0, 0, 0],
        "last_block_difference": [0, 0, 0, 0, 1],
        "scaled_difference": [1, 1, 1, 1, 1],
    }.items():
        for block, scale in zip(blocks, scales, strict=True):
            nn.init.constant_(block.branch.scale.scale, scale)
        found[name] = difference(net(x), shallow)
        if not any(scales):
            errors = [errors_of_an_identity(block, generator) for block in blocks]
            found["block_error"], found["gradient_error"] = map(max, zip(*errors, strict=True))
    return found


def errors_of_an_identity(block: ResidualConnection, generator: torch.Generator) -> tuple[float, float]:
    """Return the change of a random signal that passes a block, and that of a random gradient."""
    size = (2, block.branch.filter.in_channels, 6, 5)
    x, upstream = (torch.randn(size, generator=generator, dtype=torch.float64) for _ in range(2))
    y = block(x.requires_grad_())
    (received,) = torch.autograd.grad(y, x, upstream)
    return difference(y, x), difference(received, upstream)


def without_blocks(net: ConvNeXt, x: Tensor) -> Tensor:
    """Return the logits of a network whose blocks are left out."""
    h = net.stem(x)
    for stage in net.stages:
        for layer in stage:
            h = h if isinstance(layer, ResidualConnection) else layer(h)
    return net.classifier(net.norm(h.mean((2, 3))))
