"""Witness: a gated-feedback network whose gates close between levels, against stacked recurrent networks.

Source: Chung et al. 2015 (chung2015gated).

Method: three levels of hyperbolic tangents. The argument of the gates of a level's own states is b for all inputs, and
-b for all other gates.

Measures:
    agreement_error: difference of all outputs and of the last states with b = 60.
    largest_ratio: largest factor between the differences at two successive b of 5, 10, 15, 20.
    half_open_difference: difference with b = 0, where all gates are one half.
    biases, differences: for the figure, 0 to 40.
"""

from itertools import pairwise

import torch

from implementations.architectures.recurrent.deep_recurrent_network import DeepRecurrentNetwork
from implementations.architectures.recurrent.gated_feedback_network import GatedFeedbackNetwork
from implementations.claims.agreement import difference

FEATURES, UNITS, OUTPUTS, LEVELS, STEPS = 3, 5, 2, 3, 12


def run(seed: int) -> dict[str, float | list[float]]:
    """Close the gates between levels.

    Args:
        seed: Seed of weights, inputs and states.

    Returns:
        The measures that the module lists.
    """
    biases = [0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0]
    differences = [_difference(bias, seed) for bias in biases]
    return {
        "agreement_error": _difference(60.0, seed),
        "largest_ratio": max(later / earlier for earlier, later in pairwise(differences[1:5])),
        "half_open_difference": differences[0],
        "biases": biases,
        "differences": differences,
    }


@torch.no_grad()
def _difference(bias: float, seed: int) -> float:
    torch.manual_seed(seed)
    sizes = {"in_features": FEATURES, "units": UNITS, "out_features": OUTPUTS, "levels": LEVELS}
    feedback, stack = (
        GatedFeedbackNetwork(**sizes).double(),
        DeepRecurrentNetwork(**sizes, transition_layers=1).double(),
    )
    for number, (level, plain) in enumerate(zip(feedback.levels, stack.levels, strict=True)):
        level.reset_below.weight.zero_()
        level.reset_feedback.weight.zero_()
        level.reset_below.bias.fill_(-bias)[number] = bias
        plain.input.load_state_dict(level.below.state_dict())
        plain.recurrent.weight.copy_(level.feedback.weight.split(UNITS, 1)[number])
    stack.read_out[-1].load_state_dict(feedback.read_out.state_dict())
    x, h = torch.randn(4, STEPS, FEATURES, dtype=torch.float64), torch.rand(4, LEVELS * UNITS, dtype=torch.float64)
    return max(difference(found, expected) for found, expected in zip(feedback(x, h), stack(x, h), strict=True))
