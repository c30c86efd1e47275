"""Restricted Boltzmann machine: visible and hidden units that share an energy, with no connections inside a layer.

Source: Hinton 2002, "Training products of experts by minimizing contrastive divergence" (hinton2002training), for its
learning; Smolensky 1986 (smolensky1986information) for the network, there called harmonium.

Equations:
    P(x, h) = exp(-E(x, h)) / Z      E(x, h) = -h' W x - b' h - c' x
    P(h_j = 1 | x) = sigma(b_j + W_j x)      P(x_i = 1 | h) = sigma(c_i + W_i' h)
    F(x) = -log sum over h of exp(-E(x, h)) = -c' x - sum over j of log(1 + exp(b_j + W_j x))
    gaussian: |x - c|^2 / 2 in place of -c' x, and x given h is normal with mean c + W' h and variance 1

Shapes: B examples, F visible units, U hidden units.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.loss.contrastive_divergence import contrastive_divergence
from kb.guards import checked_arguments, checked_inputs


class Outputs(NamedTuple):
    """Probabilities of the hidden units, and the free energy, which is -log P(x) up to log Z."""

    h: Float[Tensor, "B U"]
    free_energy: Float[Tensor, " B"]


class RestrictedBoltzmannMachine(nn.Module):
    """A joint distribution of visible and hidden units, given by an energy.

    Args:
        in_features: Number F of visible units.
        units: Number U of hidden units.
        visible: `bernoulli` for units of 0 and 1, or `gaussian` for real numbers of variance 1.

    Raises:
        ValueError: The kind of visible units is unknown.

    Example:
        >>> machine = RestrictedBoltzmannMachine(in_features=4, units=3)
        >>> machine(torch.ones(2, 4)).h.shape, machine(torch.ones(2, 4)).free_energy.shape
        (torch.Size([2, 3]), torch.Size([2]))
    """

    @checked_arguments()
    def __init__(self, *, in_features: int = 6, units: int = 4, visible: str = "bernoulli") -> None:
        super().__init__()
        if visible not in ("bernoulli", "gaussian"):
            raise ValueError(f"visible ({visible!r}) must be bernoulli or gaussian")
        self.gaussian = visible == "gaussian"
        self.weight = nn.Parameter(0.01 * torch.randn(units, in_features))
        self.hidden_bias = nn.Parameter(torch.zeros(units))
        self.visible_bias = nn.Parameter(torch.zeros(in_features))

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Outputs:
        """Return P(h = 1 | x) for every hidden unit, and the free energy of every example."""
        return Outputs(self.hidden(x), self.free_energy(x))

    def hidden(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B U"]:
        """Return the probabilities of the hidden units, which are independent given the visible ones."""
        return torch.sigmoid(F.linear(x, self.weight, self.hidden_bias))

    def visible(self, h: Float[Tensor, "B U"]) -> Float[Tensor, "B F"]:
        """Return the means of the visible units, which are independent given the hidden ones."""
        pre_activations = F.linear(h, self.weight.T, self.visible_bias)
        return pre_activations if self.gaussian else torch.sigmoid(pre_activations)

    def energy(self, x: Float[Tensor, "B F"], h: Float[Tensor, "B U"]) -> Float[Tensor, " B"]:
        """Return the energy of every pair of visible and hidden states."""
        return self._visible_energy(x) - (h * F.linear(x, self.weight, self.hidden_bias)).sum(1)

    def free_energy(self, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return -log of the sum of exp(-E) over all hidden states: each unit contributes a factor 1 + exp(input)."""
        return self._visible_energy(x) - F.softplus(F.linear(x, self.weight, self.hidden_bias)).sum(1)

    def _visible_energy(self, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return the part of the energy that depends on visible states only."""
        return (x - self.visible_bias).square().sum(1) / 2 if self.gaussian else -x @ self.visible_bias

    @torch.no_grad()
    def gibbs(self, x: Float[Tensor, "B F"], generator: torch.Generator) -> Float[Tensor, "B F"]:
        """Return new visible states: all hidden units are drawn given x, then all visible ones given these."""
        h = torch.bernoulli(self.hidden(x), generator=generator)
        mean = self.visible(h)
        if self.gaussian:
            return mean + torch.randn(mean.shape, generator=generator, dtype=mean.dtype)
        return torch.bernoulli(mean, generator=generator)

    def sampled_loss(
        self, generator: torch.Generator, *, target: Float[Tensor, " B"], x: Float[Tensor, "B F"], steps: int = 1
    ) -> Float[Tensor, ""]:
        """Return the loss of contrastive divergence.

        Args:
            generator: Draws the hidden and visible states of the chains.
            target: Weight of every example; those of weight zero are left out.
            x: Visible states.
            steps: Steps of a chain.
        """
        seen = target > 0
        losses = contrastive_divergence(self.free_energy, lambda x: self.gibbs(x, generator), x[seen], steps=steps)
        return target[seen] @ losses

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random visible states."""
        shape = B, len(self.visible_bias)
        x = torch.randn(shape, generator=generator)
        return {"x": x if self.gaussian else (x > 0).to(x.dtype)}
