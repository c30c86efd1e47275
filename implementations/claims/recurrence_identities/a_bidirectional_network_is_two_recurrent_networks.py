"""Exact relation: a bidirectional network is the sum of two recurrent networks, of which one reads backwards.

Source: Schuster & Paliwal 1997 (schuster1997bidirectional).

Method: a random bidirectional network. Two recurrent networks get its readers and the halves of its read-out, the
first with its bias.

Measures:
    sum_error: difference of the outputs from the sum of both.
    forwards_error: difference of the outputs from the first alone, where the read-out ignores the backward states.
    causal_error: how much outputs before the last step change with the last input, where it does.
    future_difference: how much they change where it does not.
    unreversed_difference: difference of the outputs from the sum, if the second network reads forwards.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.recurrent.bidirectional_network import BidirectionalNetwork, Reader
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.agreement import difference

EXAMPLES, STEPS, FEATURES, UNITS, OUTPUTS = 3, 9, 3, 6, 2


def run(seed: int) -> dict[str, float]:
    """Compare the two on random sequences.

    Args:
        seed: Seed of weights and sequences.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    network = BidirectionalNetwork(in_features=FEATURES, units=UNITS, out_features=OUTPUTS).double()
    for parameter in network.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    x = torch.randn(EXAMPLES, STEPS, FEATURES, generator=generator, dtype=torch.float64)
    changed = torch.cat([x[:, :-1], -x[:, -1:]], 1)
    ahead, behind = network.read_out.weight.split(UNITS, 1)
    first = recurrent(network.forwards, ahead, network.read_out.bias)
    second = recurrent(network.backwards, behind, torch.zeros_like(network.read_out.bias))
    y, future = network(x), earlier_change(network, x, changed)
    nn.init.zeros_(network.read_out.weight[:, UNITS:])
    return {
        "sum_error": difference(first(x).y + second(x.flip(1)).y.flip(1), y),
        "forwards_error": difference(network(x), first(x).y),
        "causal_error": earlier_change(network, x, changed),
        "future_difference": future,
        "unreversed_difference": difference(first(x).y + second(x).y, y),
    }


def recurrent(reader: Reader, weight: Tensor, bias: Tensor) -> RecurrentNetwork:
    """Return a recurrent network with the weights of a reader, and a read-out."""
    network = RecurrentNetwork(in_features=FEATURES, units=UNITS, out_features=OUTPUTS).double()
    network.input.load_state_dict(reader.input.state_dict())
    network.recurrent.load_state_dict(reader.recurrent.state_dict())
    network.read_out.load_state_dict({"weight": weight.detach().clone(), "bias": bias.detach().clone()})
    return network


def earlier_change(network: BidirectionalNetwork, x: Tensor, changed: Tensor) -> float:
    """Return how much the outputs before the last step differ between two sequences."""
    return difference(network(changed)[:, :-1], network(x)[:, :-1])
