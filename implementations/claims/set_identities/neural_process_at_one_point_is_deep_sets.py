"""Exact relation: a conditional neural process at one point is Deep Sets on the observations.

Source: Garnelo et al. 2018 (garnelo2018conditional); Zaheer et al. 2017, Theorem 2 (zaheer2017deep).

Method: a random process with a hidden layer in each perceptron, a number n of observations, and a target x. Deep Sets
gets the perceptron for observations as its network for elements. Its network for the sum is the perceptron for targets,
whose first weights of the summary are divided by n, and whose first bias has the contribution of the target added to
it. Means and pre-activations of the deviations are compared, and gradients of the observations.

Measures:
    agreement_error: difference of the outputs.
    gradient_error: difference of the gradients of the observations.
    more_difference: where there is one more observation, so that a sum is not n times the mean.
    elsewhere_difference: at another target.
"""

import torch
from torch import Tensor

from implementations.architectures.set.deep_sets import DeepSets
from implementations.architectures.set.neural_process import LEAST, NeuralProcess
from implementations.claims.agreement import difference

FEATURES, VALUES, HIDDEN, OBSERVATIONS, FUNCTIONS = 2, 1, 6, 5, 4


def run(seed: int) -> dict[str, float]:
    """Compare the two on random observations.

    Args:
        seed: Seed of weights, observations and targets.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    process = NeuralProcess(in_features=FEATURES, out_features=VALUES, hidden=HIDDEN).double()
    for parameter in process.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    target, elsewhere = torch.randn(2, FEATURES, generator=generator, dtype=torch.float64)
    observed = torch.randn(FUNCTIONS, OBSERVATIONS, FEATURES + VALUES, generator=generator, dtype=torch.float64)
    more = torch.cat([observed, observed[:, :1]], 1)
    observed.requires_grad_()
    sets = of_observations(process, target)
    found, expected = predicted(process, target, observed), judged(sets, observed)
    sent = torch.randn(found.shape, generator=generator, dtype=torch.float64)
    slopes = [torch.autograd.grad(value, observed, sent)[0] for value in (found, expected)]
    return {
        "agreement_error": difference(found, expected),
        "gradient_error": difference(*slopes),
        "more_difference": difference(judged(sets, more), predicted(process, target, more)),
        "elsewhere_difference": difference(judged(sets, observed), predicted(process, elsewhere, observed)),
    }


def of_observations(process: NeuralProcess, target: Tensor) -> DeepSets:
    """Return the function of sets of observations that is the process at one target."""
    sets = DeepSets(in_features=FEATURES + VALUES, hidden=HIDDEN, out_features=2 * VALUES).double()
    sets.phi.load_state_dict(process.encoder.state_dict())
    sets.rho[2].load_state_dict(process.decoder[2].state_dict())
    first = process.decoder[0]
    of_target, of_summary = first.weight.detach().split([FEATURES, HIDDEN], 1)
    sets.rho[0].load_state_dict({"weight": of_summary / OBSERVATIONS, "bias": first.bias + of_target @ target})
    return sets


def predicted(process: NeuralProcess, target: Tensor, observed: Tensor) -> Tensor:
    """Return mean and deviation at the target, one beside the other."""
    points, values = observed.split([FEATURES, VALUES], 2)
    return torch.cat(process(target.expand(len(observed), 1, -1), points, values), 2)[:, 0]


def judged(sets: DeepSets, observed: Tensor) -> Tensor:
    """Return the outputs of a function of sets, the second half of them made positive as the process does."""
    mean, scale = sets(observed).chunk(2, 1)
    return torch.cat([mean, LEAST + (1 - LEAST) * torch.nn.functional.softplus(scale)], 1)
