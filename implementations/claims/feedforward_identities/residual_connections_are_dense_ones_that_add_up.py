"""Exact relation: a chain of residual connections is a densely connected block whose layers begin by adding up.

Source: Chen et al. 2017 (chen2017dual), abstract, who relate both kinds of networks; the exact form is our own.

Method: the features of some random blocks of a pre-activation residual network pass one after the other. A densely
connected block gets the branches of these blocks as its layers. Ahead of each branch is a pointwise convolution of all
features that came before, whose weights are one identity matrix for each of them; one more such convolution reads the
result.

Measures:
    agreement_error: relative difference of both results.
    branch_error: of the features that each layer of the dense block adds, and what the branches of the residual
        network add; the largest of all layers.
    weighted_difference: of the results, if the last layer doubles the first features.
    random_difference: of the results, if the identity matrices are multiplied by random numbers.
    last_difference: of the results, if every layer sees the features of the last layer alone.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.convolutional.densenet import DenseBlock
from implementations.architectures.convolutional.pre_activation_resnet import PreActivationBlock
from implementations.claims.agreement import difference

CHANNELS, BLOCKS = 4, 4


@torch.no_grad()
def run(seed: int) -> dict[str, float]:
    """Compare a residual chain with a dense block.

    Args:
        seed: Seed of images and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    chain = nn.ModuleList(PreActivationBlock("basic", CHANNELS, CHANNELS, 1) for _ in range(BLOCKS)).double().eval()
    for parameter in chain.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 3)
    x = torch.randn(2, CHANNELS, 6, 5, generator=generator, dtype=torch.float64)
    h, added = x, [x]
    for block in chain:
        following = block(h)
        added.append(following - h)
        h = following
    shares = [torch.ones(number) for number in range(1, BLOCKS + 2)]  # of the features that a convolution reads
    features = dense(chain, shares)(x)
    weighted, last = ([share.clone() for share in shares] for _ in range(2))
    weighted[BLOCKS - 1][0] = 2.0
    for share in last[:-1]:
        share[:-1] = 0.0
    drawn = [torch.randn(number, generator=generator) for number in range(1, BLOCKS + 2)]
    return {
        "agreement_error": difference(summed(features, shares[-1]), h),
        "branch_error": max(
            difference(ours, theirs) for ours, theirs in zip(features.split(CHANNELS, 1), added, strict=True)
        ),
        "weighted_difference": difference(summed(dense(chain, weighted)(x), weighted[-1]), h),
        "random_difference": difference(summed(dense(chain, drawn)(x), drawn[-1]), h),
        "last_difference": difference(summed(dense(chain, last)(x), last[-1]), h),
    }


def dense(chain: nn.ModuleList, shares: list[Tensor]) -> DenseBlock:
    """Return a dense block with the branches of a residual chain, and with shares of all features before each."""
    block = DenseBlock(CHANNELS, BLOCKS, CHANNELS, 1).double().eval()
    for number, residual in enumerate(chain):
        block.layers[number] = nn.Sequential(pointwise(shares[number]), residual.activate, residual.branch)
    return block


def pointwise(share: Tensor) -> nn.Conv2d:
    """Return a pointwise convolution of concatenated features: an identity matrix times a share for each of them."""
    layer = nn.Conv2d(CHANNELS * len(share), CHANNELS, 1, bias=False).double()
    layer.weight.copy_(torch.kron(share.double(), torch.eye(CHANNELS).double())[:, :, None, None])
    return layer


def summed(features: Tensor, share: Tensor) -> Tensor:
    """Return what the last pointwise convolution reads from a dense block."""
    return pointwise(share)(features)
