"""Experiment: a network with two hidden units whose weights are set by hand to compute exclusive or.

Source: Goodfellow, Bengio & Courville 2016, sec. 6.1 (goodfellow2016deep), which gives the same network.

Measures:
    agreement_error: difference between the network and exclusive or at the four points.
    one_unit_difference: the same without the second unit.
"""

import torch

from implementations.architectures.feedforward.mlp import MLP
from implementations.claims.agreement import difference

POINTS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
EXPECTED = torch.tensor([[0.0], [1.0], [1.0], [0.0]], dtype=torch.float64)


def run(seed: int) -> dict[str, float]:
    """Compare the network with the function.

    Args:
        seed: Not used; nothing is random.

    Returns:
        The measures that the module lists.
    """
    network = MLP(in_features=2, hidden=[2], out_features=1).double()
    hidden, output = (layer for layer in network.modules() if isinstance(layer, torch.nn.Linear))
    with torch.no_grad():
        hidden.weight.fill_(1.0)
        hidden.bias.copy_(torch.tensor([0.0, -1.0]))
        output.weight.copy_(torch.tensor([[1.0, -2.0]]))
        output.bias.zero_()
        agreement = difference(network(POINTS), EXPECTED)
        output.weight[0, 1] = 0.0
        return {"agreement_error": agreement, "one_unit_difference": difference(network(POINTS), EXPECTED)}
