"""Exact checks of the pointer network."""

import torch
from torch import Tensor, nn

from implementations.architectures.sequence_transduction.pointer_network import PointerNetwork
from implementations.claims.agreement import difference


def outputs_are_distributions_over_the_given_elements(generator: torch.Generator) -> float:
    """Return how far the probabilities of 1 to 40 elements are from a sum of 1."""
    net, x, source = _problem(generator)
    sums = [net(x, source[:, :size]).exp().sum(2) for size in range(1, source.shape[1] + 1)]
    return max(difference(total, torch.ones_like(total)) for total in sums)


def equal_scores_are_a_uniform_distribution(generator: torch.Generator) -> float:
    """Return the difference to one in so many for each element, where the comparison has weights of zero."""
    net, x, source = _problem(generator)
    nn.init.zeros_(net.pointer.score.weight)
    found = net(x, source).exp()
    return difference(found, torch.full_like(found, 1 / source.shape[1]))


def steps_do_not_wait_for_each_other(generator: torch.Generator) -> float:
    """Return the difference between all steps at once and the last step of every beginning, as in writing."""
    net, x, source = _problem(generator)
    steps = [net(x[:, : size + 1], source)[:, -1] for size in range(x.shape[1])]
    return difference(net(x, source), torch.stack(steps, 1))


def _problem(generator: torch.Generator) -> tuple[PointerNetwork, Tensor, Tensor]:
    net = PointerNetwork().double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, T=6, S=40).items()}
    return net, inputs["x"], inputs["source"]
