"""Deep energy estimator network: the score of noisy data as the derivative of a perceptron, which is their energy.

Source: Saremi, Mehrjou, Schölkopf & Hyvärinen 2018, "Deep energy estimator networks" (saremi2018deep).

Equations:
    p(y) ~ exp(-E(y)),  E(y) = w . h_L,  h_l = tanh(W_l h_{l-1} + b_l),  h_0 = y
    psi(y) = -dE/dy                              the score
    loss = |x - y - sigma^2 psi(y)|^2,  y = x + sigma noise,  noise ~ N(0, I)
    x ~ y + sigma^2 psi(y)                       a single step of denoising

Shapes: B examples, F numbers of an example.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.derivative_layer.energy_gradient import EnergyGradient
from kb.guards import checked_arguments, checked_inputs


class DeepEnergyEstimatorNetwork(nn.Module):
    """A score that is the derivative of an energy.

    Args:
        features: Number F of numbers of an example.
        hidden: Units of every hidden layer of the energy.
        depth: Number of hidden layers of the energy.
        noise: Standard deviation sigma of the noise, not negative.

    Example:
        >>> net, x = DeepEnergyEstimatorNetwork(features=2), torch.zeros(1, 2)
        >>> bool(net.gradient.energy(x + 0.01 * net(x)) < net.gradient.energy(x))
        True
    """

    @checked_arguments(noise=(0, 1e6))
    def __init__(self, *, features: int = 4, hidden: int = 8, depth: int = 2, noise: float = 0.5) -> None:
        super().__init__()
        self.noise = noise
        self.gradient = EnergyGradient(features=features, hidden=hidden, depth=depth)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return the score, the direction in which the energy falls fastest."""
        return -self.gradient(x)

    def denoised(self, y: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return what noisy examples are without noise, on average."""
        return y + self.noise**2 * self(y)

    def denoising_error(self, *, generator: torch.Generator, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return the squared error of the denoised examples, after noise was added."""
        noisy = x + self.noise * torch.randn(x.shape, generator=generator, dtype=x.dtype)
        return (x - self.denoised(noisy)).square().sum(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers."""
        return {"x": torch.randn(B, self.gradient.features, generator=generator)}
