"""Witness: a deep recurrent network with one layer in every place, against a recurrent network with the same weights.

Source: Pascanu et al. 2014, fig. 2 a (pascanu2014construct).

Measures:
    agreement_error: difference of all outputs and of the last state, with one layer everywhere.
    path_error: error of the number of layers from input and last state to state and output, for layers added in each of
        the four places, computed from the slopes along these paths (the check of the deep recurrent network).
    transition_difference: the same with a second layer in the transition, whose weights are the identity.
    output_difference: the same with a second layer before the output, whose weights are the identity.
"""

import torch
from torch import nn

from implementations.architectures.recurrent.deep_recurrent_network import DeepRecurrentNetwork
from implementations.architectures.recurrent.recurrent_network import RecurrentNetwork
from implementations.checks.recurrent.deep_recurrent_network import paths_pass_through_the_expected_layers
from implementations.claims.agreement import difference

FEATURES, UNITS, OUTPUTS, STEPS = 3, 8, 2, 30


def run(seed: int) -> dict[str, float]:
    """Compare the two on random sequences, from random states.

    Args:
        seed: Seed of weights, inputs and states.

    Returns:
        The measures that the module lists.
    """
    return {
        "agreement_error": _difference(seed),
        "path_error": paths_pass_through_the_expected_layers(torch.Generator().manual_seed(seed)),
        "transition_difference": _difference(seed, transition_layers=2),
        "output_difference": _difference(seed, output_layers=2),
    }


@torch.no_grad()
def _difference(seed: int, transition_layers: int = 1, output_layers: int = 1) -> float:
    torch.manual_seed(seed)
    sizes = {"in_features": FEATURES, "units": UNITS, "out_features": OUTPUTS}
    plain = RecurrentNetwork(**sizes).double()
    deep = DeepRecurrentNetwork(**sizes, transition_layers=transition_layers, output_layers=output_layers).double()
    level = deep.levels[0]
    for additional in (*level.deeper, *deep.read_out[:-1]):
        if isinstance(additional, nn.Linear):
            additional.weight.copy_(torch.eye(UNITS))
            additional.bias.zero_()
    for ours, theirs in (
        (level.input, plain.input),
        (level.recurrent, plain.recurrent),
        (deep.read_out[-1], plain.read_out),
    ):
        ours.load_state_dict(theirs.state_dict())
    x, h = torch.randn(4, STEPS, FEATURES, dtype=torch.float64), torch.rand(4, UNITS, dtype=torch.float64)
    return max(difference(found, expected) for found, expected in zip(deep(x, h), plain(x, h), strict=True))
