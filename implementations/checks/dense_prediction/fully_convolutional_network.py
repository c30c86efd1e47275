"""Exact checks of the fully convolutional network."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.convolutional.resnet import ResNet
from implementations.architectures.dense_prediction.fully_convolutional_network import FullyConvolutionalNetwork
from implementations.claims.agreement import difference

BLOCKS = [1, 2, 2]


def randomised(module: nn.Module, generator: torch.Generator) -> nn.Module:
    """Return a network in double precision whose normalisations have statistics, scales and shifts at random."""
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            for values in (layer.weight, layer.bias, layer.running_mean, layer.running_var):
                nn.init.uniform_(values, 0.5, 1.5, generator=generator)
    return module.double().eval()


def dilation_keeps_the_strided_map(generator: torch.Generator) -> float:
    """Return the difference between each fourth position of dilated stages and the strided stages, of both blocks."""
    errors = []
    for block in ("basic", "bottleneck"):
        net = randomised(FullyConvolutionalNetwork(block=block, blocks=BLOCKS, dilated=2), generator)
        strided = ResNet(block=block, blocks=BLOCKS, width=4, in_channels=1).double().eval()
        strided.stem.load_state_dict(net.stem.state_dict())
        strided.stages.load_state_dict(net.stages.state_dict())
        x = torch.randn(2, 1, 45, 70, generator=generator, dtype=torch.float64)
        errors.append(difference(net.stages(net.stem(x))[:, :, ::4, ::4], strided.trunk(x)))
    return max(errors)


def mean_score_is_the_classifier(generator: torch.Generator) -> float:
    """Return the difference between the mean of a map of scores and a classifier whose dense layer scores a mean."""
    classifier = randomised(ResNet(blocks=BLOCKS, width=3), generator)
    x = torch.randn(2, 3, 45, 70, generator=generator, dtype=torch.float64)
    dense = classifier.classifier
    scores = F.conv2d(classifier.trunk(x), dense.weight[:, :, None, None], dense.bias)
    return difference(scores.mean((2, 3)), classifier(x))


def skips_of_zero_keep_the_coarse_scores(generator: torch.Generator) -> float:
    """Return the difference between scores with skips of weight zero and those of the last stage, enlarged stepwise."""
    net = randomised(FullyConvolutionalNetwork(blocks=BLOCKS, dilated=0, skips=2), generator)
    x = torch.randn(2, 1, 64, 96, generator=generator, dtype=torch.float64)
    for score in net.skips:
        nn.init.zeros_(score.weight)
        nn.init.zeros_(score.bias)
    expected: Tensor = net.head(net.stages(net.stem(x)))
    for factor in (2, 2, 4):
        expected = F.interpolate(expected, scale_factor=factor, mode="bilinear")
    return difference(net(x), expected)
