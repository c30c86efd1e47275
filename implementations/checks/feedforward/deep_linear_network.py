"""Exact checks of the deep linear network under gradient descent."""

import torch
from torch import Tensor

from implementations.architectures.feedforward.deep_linear_network import DeepLinearNetwork
from implementations.claims.agreement import difference


def modes_follow_the_logistic_law(generator: torch.Generator) -> float:
    """Return how far the motion of aligned modes is from da/dt = 2 a (s - a), whose solution is Saxe et al.'s sigmoid.

    Two layers with diagonal weights sqrt(a), whitened inputs, and a target whose singular values are s.
    """
    strengths = torch.rand(4, generator=generator, dtype=torch.float64) + 0.1
    targets = 3 * torch.rand(4, generator=generator, dtype=torch.float64) + 0.5
    net = DeepLinearNetwork(in_features=4, hidden=[4], out_features=4).double()
    first, second = (layer.weight for layer in net.layers)
    with torch.no_grad():
        first.copy_(strengths.sqrt().diag())
        second.copy_(strengths.sqrt().diag())
    whitened = torch.eye(4, dtype=torch.float64)
    loss = (net(whitened) - whitened @ targets.diag()).square().sum() / 2
    down, up = torch.autograd.grad(-loss, (first, second))
    motion = (up @ first + second @ down).diagonal()  # of the product a, under gradient flow
    return difference(motion, 2 * strengths * (targets - strengths))


def gradients_are_products_of_the_others(generator: torch.Generator) -> float:
    """Return the difference between the gradient of a middle layer and the product of the matrices on its two sides."""
    net = DeepLinearNetwork(in_features=5, hidden=[4, 6], out_features=3).double()
    x = torch.randn(7, 5, generator=generator, dtype=torch.float64)
    sent = torch.randn(7, 3, generator=generator, dtype=torch.float64)
    first, middle, last = (layer.weight for layer in net.layers)
    (found,) = torch.autograd.grad(net(x), middle, sent)
    expected: Tensor = last.T @ sent.T @ x @ first.T
    return difference(found, expected)
