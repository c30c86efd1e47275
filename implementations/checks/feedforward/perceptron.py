"""Exact checks of the perceptron."""

import torch
from sklearn.linear_model import Perceptron as Peer
from torch import Tensor

from implementations.architectures.feedforward.perceptron import Perceptron
from implementations.claims.agreement import difference

FEATURES, EXAMPLES, PASSES = 3, 40, 3


def weights_are_those_of_scikit_learn(generator: torch.Generator) -> float:
    """Return the difference of weights and constant after three passes over examples that no plane separates."""
    x = torch.randn(EXAMPLES, FEATURES, generator=generator, dtype=torch.float64)
    target = torch.randn(EXAMPLES, 1, generator=generator, dtype=torch.float64).sign()
    net = _learned(x, target, PASSES)[0]
    peer = Peer(max_iter=PASSES, tol=None, shuffle=False).fit(x.numpy(), target[:, 0].numpy())
    theirs = torch.from_numpy(peer.coef_), torch.from_numpy(peer.intercept_)
    ours = net.linear.weight.detach(), net.linear.bias.detach()
    return max(difference(one, other) for one, other in zip(ours, theirs, strict=True))


def mistakes_are_within_the_bound(generator: torch.Generator) -> float:
    """Return the excess of the mistakes over the squares of the largest norm and the inverse margin, relative to these.

    The constant is the weight of a feature that is one. Classes are made by a random plane with a margin.
    """
    plane = torch.randn(FEATURES + 1, generator=generator, dtype=torch.float64)
    plane = plane / plane.norm()
    x = torch.randn(400, FEATURES, generator=generator, dtype=torch.float64)
    distances = torch.cat([x, torch.ones(400, 1).double()], 1) @ plane
    clear = distances.abs() > 0.2
    x, target, margin = x[clear], distances[clear].sign()[:, None], distances[clear].abs().min()
    bound = ((x.square().sum(1) + 1).max() / margin.square()).item()
    mistakes = _learned(x, target, int(bound) + 1)[1]
    if mistakes[-1]:
        return float("inf")
    return max(0.0, sum(mistakes) / bound - 1)


def rule_is_a_step_along_the_gradient(generator: torch.Generator) -> float:
    """Return the difference to a step of length one down the gradient of max(0, -t (w . x + b)), per example."""
    net, other = Perceptron(in_features=FEATURES, units=1).double(), torch.nn.Linear(FEATURES, 1).double()
    other.weight.data.normal_(generator=generator)
    net.linear.load_state_dict(other.state_dict())
    x = torch.randn(EXAMPLES, FEATURES, generator=generator, dtype=torch.float64)
    target = torch.randn(EXAMPLES, 1, generator=generator, dtype=torch.float64).sign()
    net.learn(x, target)
    descent = torch.optim.SGD(other.parameters(), lr=1.0)
    for example, answer in zip(x, target, strict=True):
        descent.zero_grad()
        torch.relu(-answer * other(example)).sum().backward()
        descent.step()
    return max(difference(net.linear.weight, other.weight), difference(net.linear.bias, other.bias))


def _learned(x: Tensor, target: Tensor, passes: int) -> tuple[Perceptron, list[int]]:
    """Return a unit after some passes, at most until there are no mistakes, and the mistakes of each."""
    net, mistakes = Perceptron(in_features=FEATURES, units=1).double(), [1]
    while len(mistakes) <= passes and mistakes[-1]:
        mistakes.append(net.learn(x, target))
    return net, mistakes[1:]
