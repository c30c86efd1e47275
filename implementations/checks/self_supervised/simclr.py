"""Exact checks of SimCLR."""

import torch

from implementations.architectures.convolutional.resnet import ResNet
from implementations.architectures.self_supervised.simclr import SimCLR
from implementations.checks.loss.nt_xent_loss import looped
from implementations.claims.agreement import difference


def loss_by_a_double_loop(generator: torch.Generator) -> float:
    """Return the difference between losses of views, and those of a loop over their projections."""
    net, x = _prepared(generator)
    with torch.no_grad():
        return difference(net.contrastive_loss(generator=generator, x=x), looped(net(x), net.contrast.temperature))


def encoder_is_a_residual_network(generator: torch.Generator) -> float:
    """Return the difference between projections, and those of a residual network whose classifier is the head's."""
    net, x = _prepared(generator)
    whole = ResNet(classes=8).double().eval()
    weights = net.encoder.state_dict() | {"classifier.weight": net.head[0].weight, "classifier.bias": torch.zeros(8)}
    whole.load_state_dict(weights)
    return difference(net(x), whole(x).relu() @ net.head[2].weight.T)


def pairs_have_no_order(generator: torch.Generator) -> float:
    """Return the difference between losses of permuted pairs in training, and the losses, permuted."""
    net, x = _prepared(generator)
    order = torch.randperm(3, generator=generator)
    first = net.train().contrastive_loss(generator=generator, x=x).view(3, 2)[order]
    moved = x.unflatten(0, (3, 2))[order].flatten(0, 1)
    return difference(net.contrastive_loss(generator=generator, x=moved).view(3, 2), first)


def _prepared(generator: torch.Generator) -> tuple[SimCLR, torch.Tensor]:
    """Return a network with random weights and statistics, and two views of three images."""
    net = SimCLR().double().eval()
    with torch.no_grad():
        for name, value in net.state_dict().items():
            if value.is_floating_point():
                drawn = torch.randn(value.shape, generator=generator, dtype=torch.float64) / 2
                value.copy_(drawn.square() + 0.5 if "var" in name else drawn)
    return net, net.example_inputs(generator, B=6)["x"].double()
