"""Exact relation: a batch-normalised network in evaluation mode is a multilayer perceptron.

Source: Ioffe & Szegedy 2015, sec. 3.2 (ioffe2015batch).

Method: a network with random weights and random stored averages. The perceptron gets, for every layer, the rows of its
weights times gamma / sqrt(variance + epsilon), and the biases beta - mean gamma / sqrt(variance + epsilon).

Measures:
    agreement_error: difference of the outputs in evaluation mode.
    gradient_error: difference of the gradients of the inputs.
    training_difference: difference of the outputs in training mode.
    unfolded_difference: difference of the outputs from a perceptron with the weights as they are, without biases.
"""

import torch
from torch import nn

from implementations.architectures.feedforward.batch_normalised_network import BatchNormalisedNetwork
from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.agreement import difference

EXAMPLES, FEATURES, HIDDEN, CLASSES = 16, 6, (8, 7), 4


def run(seed: int) -> dict[str, float]:
    """Compare the two on random examples.

    Args:
        seed: Seed of weights, averages and examples.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    network = BatchNormalisedNetwork(in_features=FEATURES, hidden=HIDDEN, classes=CLASSES).double().eval()
    for tensor in [*network.parameters(), *(b for b in network.buffers() if b.is_floating_point())]:
        tensor.data = torch.randn(tensor.shape, generator=generator, dtype=torch.float64)
    for _, norm, _ in network.layers:
        norm.running_var.square_()
    x = torch.randn(EXAMPLES, FEATURES, generator=generator, dtype=torch.float64, requires_grad=True)
    sent = torch.randn(EXAMPLES, CLASSES, generator=generator, dtype=torch.float64)
    found, expected = perceptron(network)(x), network(x)
    slopes = [torch.autograd.grad(value, x, sent)[0] for value in (found, expected)]
    measures = {
        "agreement_error": difference(found, expected),
        "gradient_error": difference(*slopes),
        "unfolded_difference": difference(perceptron(network, folded=False)(x), expected),
    }
    return measures | {"training_difference": difference(network.train()(x), expected)}


def perceptron(network: BatchNormalisedNetwork, folded: bool = True) -> MLP:
    """Return a perceptron with the weights of a network, and its normalisation folded into them if asked for."""
    mlp = MLP(in_features=FEATURES, hidden=HIDDEN, out_features=CLASSES, activation="sigmoid").double()
    linear = [layer for layer in mlp.layers if isinstance(layer, nn.Linear)]
    for layer, (before, norm, _) in zip(linear[:-1], network.layers, strict=True):
        factor = norm.weight / (norm.running_var + norm.eps).sqrt() if folded else torch.ones_like(norm.weight)
        layer.weight.data = factor[:, None] * before.weight
        layer.bias.data = norm.bias - norm.running_mean * factor if folded else torch.zeros_like(norm.bias)
    linear[-1].load_state_dict(network.read_out.state_dict())
    return mlp
