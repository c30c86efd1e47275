"""Exact relation: a selective state space whose coefficients are fixed is a diagonal state space with real rates.

Source: Gu & Dao 2024 (gu2023mamba); Gu et al. 2022 (gu2022parameterization).

Method: the last feature is one at every step, and steps and coefficients, apart from the bias of the steps, are
computed from it alone. A diagonal state space gets the same steps and rates, no oscillation, and outputs C' with
2 C' (exp(Delta A) - 1) / A = C Delta B. One runs by a scan, the other by Fourier transforms.

Measures:
    agreement_error: difference of the outputs.
    selection_difference: the same where the steps depend on all features.
    doubled_difference: of that one, how much its outputs for twice the other features differ from twice its outputs.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.state_space_layer.diagonal_state_space import DiagonalStateSpace
from implementations.concepts.state_space_layer.selective_state_space import SelectiveStateSpace

EXAMPLES, STEPS, WIDTH, STATE, RANK = 2, 12, 5, 3, 2


def run(seed: int) -> dict[str, float]:
    """Compare scan and convolution.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    layer = SelectiveStateSpace(width=WIDTH, state=STATE, rank=RANK).double()
    for parameter in layer.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    selecting = layer.coefficients.weight.data[:RANK].clone()
    layer.coefficients.weight.data[:, :-1] = 0
    x = torch.randn(EXAMPLES, STEPS, WIDTH, generator=generator, dtype=torch.float64)
    doubled = 2 * x
    x[..., -1] = doubled[..., -1] = 1
    with torch.no_grad():
        found, expected = outputs(layer, x), of_time_alone(layer)(x)
        layer.coefficients.weight[:RANK] = selecting
        selected, of_doubled = outputs(layer, x), outputs(layer, doubled)
    return {
        "agreement_error": difference(found, expected),
        "selection_difference": difference(selected, expected),
        "doubled_difference": difference(of_doubled[..., :-1], 2 * selected[..., :-1]),
    }


def outputs(layer: SelectiveStateSpace, x: Tensor) -> Tensor:
    """Return the outputs for a sequence with nothing before it."""
    y: Tensor = layer(x, x.new_zeros(len(x), WIDTH, STATE)).y
    return y


def of_time_alone(layer: SelectiveStateSpace) -> DiagonalStateSpace:
    """Return the diagonal state space of a layer whose coefficients are those of a last feature of one."""
    low_rank, b, c = layer.coefficients.weight[:, -1].split(layer.sizes)
    step = F.softplus(layer.step(low_rank))[:, None]  # [D, 1]
    fixed = DiagonalStateSpace(width=WIDTH, state=STATE).double()
    fixed.log_step.data = step[:, 0].log()
    fixed.log_decay.data = layer.log_decay.data
    fixed.frequency.data.zero_()
    _, entering = fixed.coefficients()
    fixed.output.data = torch.view_as_real(c * step * b / (2 * entering))
    fixed.skip.data = layer.skip.data
    return fixed
