"""Exact checks of the complementary learning system."""

import math

import torch
from torch import Tensor, nn

from implementations.architectures.feedforward.mlp import MLP
from implementations.architectures.memory.complementary_learning_system import ComplementaryLearningSystem
from implementations.architectures.nonparametric.k_nearest_neighbours import KNearestNeighbours
from implementations.claims.agreement import difference


def memory_alone_is_nearest_neighbours(generator: torch.Generator) -> float:
    """Return the difference between a system of memory alone, with equal votes, and k nearest neighbours."""
    net = ComplementaryLearningSystem(mixing=1.0, sharpness=0.0).double()
    inputs = _doubled(net, generator)
    return difference(net(**inputs).exp(), KNearestNeighbours(neighbours=3, classes=3)(**inputs))


def network_alone_is_a_perceptron(generator: torch.Generator) -> float:
    """Return the difference between a system without memory and the perceptron with the same weights."""
    net = ComplementaryLearningSystem(mixing=0.0).double()
    inputs = _doubled(net, generator)
    mlp = MLP(in_features=4, hidden=[8], out_features=3).double()
    mlp.load_state_dict(dict(zip(mlp.state_dict(), net.state_dict().values(), strict=True)))
    return difference(net(**inputs), mlp(inputs["x"]).log_softmax(1))


def mixture_by_hand(generator: torch.Generator) -> float:
    """Return the difference from the sum over neighbours, one by one, with the hidden layer for keys."""
    net = ComplementaryLearningSystem(mixing=0.3, sharpness=0.7, hidden_keys=True).double()
    inputs = _doubled(net, generator)
    first, last = net.encode[0], net.classify
    found = []
    for x in inputs["x"]:
        code = _rectified(first, x)
        distances = [float((code - _rectified(first, m)).square().sum()) for m in inputs["memory"]]
        nearest = sorted(range(len(distances)), key=lambda i, known=distances: known[i])[:3]
        votes = torch.zeros(3, dtype=torch.float64)
        for i in nearest:
            votes[inputs["labels"][i]] += math.exp(-0.7 * distances[i])
        scores = (last.weight @ code + last.bias).detach().exp()
        found.append(0.3 * votes / votes.sum() + 0.7 * scores / scores.sum())
    return difference(net(**inputs).exp(), torch.stack(found))


def tiny_probabilities_keep_their_logarithms(generator: torch.Generator) -> float:
    """Return the difference from log(1 - m) + log-softmax where the network rules out a class that has no vote.

    The softmax of such a class is zero in double precision. Gradients are compared too.
    """
    net = ComplementaryLearningSystem(mixing=0.3).double()
    inputs = _doubled(net, generator)  # no stored example has the last class
    with torch.no_grad():
        net.classify.bias[2] = -2000.0
    learned = net.classify(net.encode(inputs["x"])).log_softmax(1)[:, 2] + math.log(0.7)
    found = net(**inputs)[:, 2]
    gradients = [torch.autograd.grad(value.sum(), list(net.parameters())) for value in (found, learned)]
    return max(difference(found, learned), *(difference(a, b) for a, b in zip(*gradients, strict=True)))


def _rectified(layer: nn.Linear, x: Tensor) -> Tensor:
    return (layer.weight @ x + layer.bias).detach().clamp_min(0)


def _doubled(net: nn.Module, generator: torch.Generator) -> dict[str, Tensor]:
    return {name: v.double() if v.is_floating_point() else v for name, v in net.example_inputs(generator).items()}
