"""Exact relation: a perceptron is a linear model with a threshold, whose rule is gradient descent without a margin.

Source: the rule as in scikit-learn's code, a hinge loss with the threshold 0; Rosenblatt 1958
(rosenblatt1958perceptron) for units and weights that change by experience.

Method: random weights, examples and answers. The perceptron learns by its rule; the linear model, with the same
weights, takes a step of gradient descent with the rate one after every example.

Measures:
    answer_error: difference of the answers from the signs of the linear model, before learning.
    rule_error: difference of the weights after all examples.
    margin_difference: the same, with a margin of one in the loss.
    graded_difference: difference of the answers from the sums.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.feedforward.linear_model import LinearModel
from implementations.architectures.feedforward.perceptron import Perceptron
from implementations.claims.agreement import difference

EXAMPLES, FEATURES, UNITS = 20, 3, 2


def run(seed: int) -> dict[str, float]:
    """Compare the two before and after learning.

    Args:
        seed: Seed of weights, examples and answers.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    perceptron = Perceptron(in_features=FEATURES, units=UNITS).double()
    for parameter in perceptron.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    x = torch.randn(EXAMPLES, FEATURES, generator=generator, dtype=torch.float64)
    target = torch.randn(EXAMPLES, UNITS, generator=generator, dtype=torch.float64).sign()
    plain, with_margin = (descended(perceptron, x, target, margin) for margin in (0.0, 1.0))
    sums = perceptron.linear(x)
    answers = perceptron(x)
    perceptron.learn(x, target)
    weight = perceptron.linear.weight
    return {
        "answer_error": difference(answers, sums.sign()),
        "rule_error": difference(plain.linear.weight, weight),
        "margin_difference": difference(with_margin.linear.weight, weight),
        "graded_difference": difference(answers, sums),
    }


def descended(perceptron: Perceptron, x: Tensor, target: Tensor, margin: float) -> LinearModel:
    """Return a linear model that starts as a perceptron, after one pass of gradient descent over examples."""
    model = LinearModel(in_features=FEATURES, out_features=UNITS).double()
    model.linear.load_state_dict(perceptron.linear.state_dict())
    descent = torch.optim.SGD(model.parameters(), lr=1.0)
    for example, answer in zip(x, target, strict=True):
        descent.zero_grad()
        F.relu(margin - answer * model(example[None])[0]).sum().backward()
        descent.step()
    return model
