"""Exact relation: what a selective state space retains of its state is decided by a sigmoid gate.

Source: Gu & Dao 2024, Theorem 1 (gu2023mamba); gates as by Gers et al. 2000 (gers2000learning).

Method: a selective state space with one number for every feature and A = -1. Its last feature is one at every step, so
that B and C, which have no biases, can be one. As exp(-softplus(z)) = 1 - sigmoid(z) = sigmoid(-z), the factor of the
state is a gate whose weights are minus those of the step.

Measures:
    agreement_error: difference of all states from those of the gated recurrence.
    gradient_error: difference of the gradients of the inputs, without the feature that B and C are.
    share_difference: where the input enters with the gate itself in place of the step.
    fixed_difference: where the step has a bias only.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.claims.agreement import difference
from implementations.concepts.component.gating import Gating
from implementations.concepts.state_space_layer.selective_state_space import SelectiveStateSpace

EXAMPLES, STEPS, WIDTH, RANK = 2, 9, 5, 3


def run(seed: int) -> dict[str, float]:
    """Compare the selective state space with a gated recurrence.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    layer = integrator(generator)
    x, sent = torch.randn(2, EXAMPLES, STEPS, WIDTH, generator=generator, dtype=torch.float64)
    x[..., -1] = 1
    x.requires_grad_()
    start = x.new_zeros(EXAMPLES, WIDTH)
    found, expected = layer(x, start[..., None]).y, gated(layer, x, start)
    slopes = [torch.autograd.grad(value, x, sent)[0][..., :-1] for value in (found, expected)]
    share = gated(layer, x, start, entering=torch.sigmoid)
    layer.step.weight.data.zero_()
    return {
        "agreement_error": difference(found, expected),
        "gradient_error": difference(*slopes),
        "share_difference": difference(share, expected),
        "fixed_difference": difference(layer(x, start[..., None]).y, expected),
    }


def integrator(generator: torch.Generator) -> SelectiveStateSpace:
    """Return a layer with random steps, A = -1, no shortcut, and B and C that are the last feature."""
    layer = SelectiveStateSpace(width=WIDTH, state=1, rank=RANK).double()
    for parameter in (layer.coefficients.weight, layer.step.weight, layer.step.bias):
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    b_and_c = layer.coefficients.weight.data[RANK:]
    b_and_c.zero_()
    b_and_c[:, -1] = 1
    layer.log_decay.data.zero_()
    layer.skip.data.zero_()
    return layer


def gated(
    layer: SelectiveStateSpace, x: Tensor, h: Tensor, entering: Callable[[Tensor], Tensor] = F.softplus
) -> Tensor:
    """Return all states of a recurrence whose gate has minus the weights of the step."""
    weight = layer.step.weight @ layer.coefficients.weight[:RANK]
    gating = Gating(in_features=WIDTH, units=WIDTH).double()
    gating.input.load_state_dict({"weight": -weight, "bias": -layer.step.bias})
    gating.state.weight.data.zero_()
    states = []
    for step in x.unbind(1):
        h = gating(step, h, h) + entering(F.linear(step, weight, layer.step.bias)) * step
        states.append(h)
    return torch.stack(states, 1)
