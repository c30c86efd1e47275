"""Experiment: the outputs of a Transformer when its inputs are permuted.

Source: the lecture, S25; Vaswani et al. 2017 (vaswani2017attention).

Method: the library's Transformer, encoder, two layers with random weights, on random vectors, and again on the same
vectors in another order. The outputs should be permuted in the same way, and their mean should be unchanged.

Measures:
    moved_error: relative difference of outputs from the permuted original ones, over lengths 2 to 32.
    mean_error: relative difference of the mean of all outputs.
    with_positions: as `moved_error`, with codes of position added to the inputs.
    causal: as `moved_error`, where every position sees those before it only.
    recurrent: as `moved_error`, for a recurrent network.
    errors: the four differences, in this order.
"""

import torch
from torch import Tensor, nn

from implementations.architectures.attention.transformer import Transformer
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.agreement import difference

WIDTH, LENGTHS = 8, (2, 5, 8, 16, 32)


@torch.no_grad()
def run(seed: int) -> dict[str, float | list[float]]:
    """Shuffle the inputs of four networks.

    Args:
        seed: Seed of weights, inputs and orders.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    networks = {
        "set": Transformer(width=WIDTH),
        "positions": Transformer(width=WIDTH, positions=True),
        "causal": Transformer(form="decoder", width=WIDTH),
        "recurrent": RecurrentNetwork(in_features=WIDTH, units=WIDTH, out_features=WIDTH),
    }
    moved, pooled = {}, {}
    for name, network in networks.items():
        pairs = [shuffled(network.double(), length) for length in LENGTHS]
        moved[name] = max(difference(found, expected) for found, expected in pairs)
        pooled[name] = max(difference(found.mean(1), expected.mean(1)) for found, expected in pairs)
    return {
        "moved_error": moved["set"],
        "mean_error": pooled["set"],
        "with_positions": moved["positions"],
        "causal": moved["causal"],
        "recurrent": moved["recurrent"],
        "errors": list(moved.values()),
    }


def shuffled(network: nn.Module, length: int) -> tuple[Tensor, Tensor]:
    """Return the outputs for permuted inputs, and the permuted outputs for the original inputs."""
    x, order = torch.randn(4, length, WIDTH, dtype=torch.float64), torch.randperm(length)
    order = order.roll(1) if torch.equal(order, torch.arange(length)) else order
    outputs = [network(value) for value in (x[:, order], x)]
    found, first = (output if isinstance(output, Tensor) else output[0] for output in outputs)
    return found, first[:, order]
