"""Exact checks of DeiT: what the two tokens have in common, and what the loss does to each."""

import torch
from torch import Tensor

from implementations.architectures.attention.deit import DeiT
from implementations.claims.agreement import difference


def equal_tokens(generator: torch.Generator) -> float:
    """Return the difference between both logits where tokens, codes and classifiers are pairwise equal."""
    net, x = _random(generator)
    with torch.no_grad():
        net.distillation_token.token.copy_(net.class_token.token)
        net.code.weight[1] = net.code.weight[0]
        net.distillation_classifier.load_state_dict(net.classifier.state_dict())
    return difference(*net.logits(x))


def halves_of_the_loss(generator: torch.Generator) -> float:
    """Return the difference between gradients of the loss at both logits, and probabilities less one-hot targets."""
    net, x = _random(generator)
    target = torch.randint(0, 5, (len(x), 2), generator=generator)
    logits = [value.detach().requires_grad_() for value in net.logits(x)]
    found = torch.autograd.grad(net.distil(*logits, *target.unbind(1)).sum(), logits)
    expected = [
        (value.softmax(1) - torch.nn.functional.one_hot(right, 5)) / 2
        for value, right in zip(logits, target.unbind(1), strict=True)
    ]
    return difference(torch.stack(found), torch.stack(expected))


def _random(generator: torch.Generator) -> tuple[DeiT, Tensor]:
    """Return a network with random weights, and images."""
    net = DeiT().double().eval()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    return net, net.example_inputs(generator)["x"].double()
