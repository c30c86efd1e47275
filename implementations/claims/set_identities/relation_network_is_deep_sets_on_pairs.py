"""Exact relation: a relation network is Deep Sets whose elements are all ordered pairs of objects.

Source: Santoro et al. 2017, eq. 1 (santoro2017simple); Zaheer et al. 2017, Theorem 2 (zaheer2017deep).

Method: a random relation network. Deep Sets gets its network for pairs, with the rectifier at the end of it, and its
network for the sum.

Measures:
    agreement_error: difference of the outputs, on the set of all ordered pairs.
    gradient_error: difference of the gradients of the objects.
    each_once_difference: on the pairs in one order only.
    halves_difference: on the pairs within two halves of the set only.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.set.deep_sets import DeepSets
from implementations.architectures.set.relation_network import RelationNetwork
from implementations.claims.agreement import difference

SETS, OBJECTS, FEATURES, HIDDEN, OUTPUTS = 3, 6, 4, 8, 3


def run(seed: int) -> dict[str, float]:
    """Compare the two on random sets.

    Args:
        seed: Seed of weights and objects.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    network = RelationNetwork(in_features=FEATURES, hidden=HIDDEN, out_features=OUTPUTS).double()
    for parameter in network.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    x = torch.randn(SETS, OBJECTS, FEATURES, generator=generator, dtype=torch.float64, requires_grad=True)
    sent = torch.randn(SETS, OUTPUTS, generator=generator, dtype=torch.float64)
    sets, objects = of_pairs(network), torch.arange(OBJECTS)
    every, once = torch.cartesian_prod(objects, objects), torch.combinations(objects, with_replacement=True)
    found, expected = sets(paired(x, every)), network(x)
    slopes = [torch.autograd.grad(value, x, sent, retain_graph=True)[0] for value in (found, expected)]
    within = every[every[:, 0] % 2 == every[:, 1] % 2]
    return {
        "agreement_error": difference(found, expected),
        "gradient_error": difference(*slopes),
        "each_once_difference": difference(sets(paired(x, once)), expected),
        "halves_difference": difference(sets(paired(x, within)), expected),
    }


def of_pairs(network: RelationNetwork) -> DeepSets:
    """Return Deep Sets with the weights of a network."""
    sets = DeepSets(in_features=2 * FEATURES, hidden=HIDDEN, out_features=OUTPUTS).double()
    sets.phi.append(nn.ReLU())
    sets.phi.load_state_dict(network.g.state_dict())
    sets.rho.load_state_dict(network.f.state_dict())
    return sets


def paired(x: Tensor, pairs: Tensor) -> Tensor:
    """Return the features of both objects of some pairs, `[B, pairs, 2 F]`."""
    return x[:, pairs].flatten(2)
