"""Perceptron: units that are on where a weighted sum is positive, and a rule that corrects weights after mistakes.

Source: Rosenblatt 1958, "The perceptron" (rosenblatt1958perceptron), for units and weights that change by experience;
the rule in the form of scikit-learn's `Perceptron`.

Equations:
    y = 1 if w . x + b > 0, else -1
    after an example with the answer t, where t (w . x + b) <= 0:  w <- w + t x,  b <- b + t

Shapes: B examples, F features, U units, each with an answer of its own.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from kb.guards import checked_arguments, checked_inputs


class Perceptron(nn.Module):
    """A layer of threshold units, whose weights are zero at the beginning.

    Args:
        in_features: Number F of features.
        units: Number U of units.

    Example:
        >>> net, x = Perceptron(in_features=2, units=1), torch.tensor([[1.0, 0.0], [0.0, 1.0]])
        >>> [net.learn(x, torch.tensor([[1.0], [-1.0]])) for _ in range(3)]  # mistakes
        [2, 0, 0]
        >>> net(x).flatten()
        tensor([ 1., -1.])
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 3, units: int = 2) -> None:
        super().__init__()
        self.linear = nn.Linear(in_features, units)
        for parameter in self.parameters():
            nn.init.zeros_(parameter)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B U"]:
        """Return 1 for every unit that is on, and -1 for the others."""
        sums = self.linear(x)
        return torch.where(sums > 0, torch.ones_like(sums), -torch.ones_like(sums))

    @torch.no_grad()
    def learn(self, x: Float[Tensor, "B F"], target: Float[Tensor, "B U"]) -> int:
        """Pass once over examples, correct the weights after each mistake, and return the number of mistakes.

        Args:
            x: Examples, in the order in which they are seen.
            target: Answers of all units, 1 or -1.
        """
        mistakes = 0
        for example, answer in zip(x, target, strict=True):
            wrong = answer * self.linear(example) <= 0
            change = torch.where(wrong, answer, torch.zeros_like(answer))  # [U]
            self.linear.weight += torch.outer(change, example)
            self.linear.bias += change
            mistakes += int(wrong.sum())
        return mistakes

    def example_inputs(self, generator: torch.Generator, *, B: int = 4) -> dict[str, Tensor]:
        """Return random features, the first example all zero: it shows the biases alone."""
        x = torch.randn(B, self.linear.in_features, generator=generator)
        return {"x": x.index_fill(0, torch.tensor([0]), 0.0)}
