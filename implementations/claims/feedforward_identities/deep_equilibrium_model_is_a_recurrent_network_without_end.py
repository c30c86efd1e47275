"""Limit: a deep equilibrium model is a recurrent network that gets the same input again and again, without end.

Source: Bai et al. 2019, abstract (bai2019deep): equivalent to a weight-tied network of infinite depth.

Method: a recurrent network gets the weights of an equilibrium model, its scaled matrix among them, and the same input
at every step. Its last output is compared with that of the model, after ever more steps.

Measures:
    agreement_error: difference of the outputs after 300 steps.
    gradient_error: difference of the gradients of the input after 300 steps, added up over these.
    largest_ratio: the largest factor by which four more steps change the difference, as long as it is above rounding.
    single_difference: difference after one step.
    changing_difference: difference after 300 steps if the input of the last step is another.

Series:
    steps, differences: numbers of steps, and the relative differences of the outputs after these.
"""

from itertools import pairwise

import torch
from torch import Tensor

from implementations.architectures.feedforward.deep_equilibrium_model import DeepEquilibriumModel
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.claims.agreement import difference

FEATURES, UNITS, OUTPUTS, MANY = 3, 6, 2, 300
STEPS = tuple(range(1, 42, 4))
ROUNDING = 1e-13


def run(seed: int) -> dict[str, float | list[float]]:
    """Compare the two on random inputs.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures and series that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    model = DeepEquilibriumModel(in_features=FEATURES, units=UNITS, out_features=OUTPUTS).double()
    for parameter in model.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    x = torch.randn(5, FEATURES, generator=generator, dtype=torch.float64, requires_grad=True)
    sent = torch.randn(5, OUTPUTS, generator=generator, dtype=torch.float64)
    network = recurrent(model)
    found, last = model(x), after(network, x, MANY)
    slopes = [torch.autograd.grad(value, x, sent)[0] for value in (found, last)]
    differences = [difference(after(network, x, steps), found) for steps in STEPS]
    ratios = [later / earlier for earlier, later in pairwise(differences) if later > ROUNDING]
    changed = torch.cat([x[:, None].expand(-1, MANY - 1, -1), -x[:, None]], 1)
    return {
        "agreement_error": difference(last, found),
        "gradient_error": difference(*slopes),
        "largest_ratio": max(ratios),
        "single_difference": differences[0],
        "changing_difference": difference(network(changed).y[:, -1], found),
        "steps": [float(steps) for steps in STEPS],
        "differences": differences,
    }


def recurrent(model: DeepEquilibriumModel) -> RecurrentNetwork:
    """Return the recurrent network with the weights of the model."""
    network = RecurrentNetwork(in_features=FEATURES, units=UNITS, out_features=OUTPUTS).double()
    network.input.load_state_dict(model.input.state_dict())
    network.recurrent.weight.data = model.matrix().detach()
    network.read_out.load_state_dict(model.read_out.state_dict())
    return network


def after(network: RecurrentNetwork, x: Tensor, steps: int) -> Tensor:
    """Return the output after some steps with the same input, from a state of zeros."""
    return network(x[:, None].expand(-1, steps, -1)).y[:, -1]
