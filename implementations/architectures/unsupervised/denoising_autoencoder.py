"""Denoising autoencoder: the input is damaged, and the network is trained to reconstruct what it was before.

Source: Vincent, Larochelle, Bengio & Manzagol 2008, "Extracting and composing robust features with denoising
autoencoders" (vincent2008extracting); Vincent 2011 (vincent2011connection) for normal noise.

Equations:
    v = x, with a share of the numbers, chosen at random, set to zero       masking
    v = x + sigma noise,  noise ~ N(0, I)                                   normal noise
    z = s(W v + b),   y = s(V z + c)                                        tied: V = W^T
    error = -sum over f of x_f log y_f + (1 - x_f) log(1 - y_f),  or |x - y|^2 where the outputs are affine

Shapes: B examples, F input features.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.architectures.unsupervised.autoencoder import Autoencoder
from kb.guards import checked_arguments, checked_inputs


class Repaired(NamedTuple):
    """A damaged example, and its reconstruction."""

    damaged: Float[Tensor, "B F"]
    y: Float[Tensor, "B F"]


class DenoisingAutoencoder(nn.Module):
    """An autoencoder with one hidden layer, the code, which may be wider than the input.

    Args:
        in_features: Number F of inputs, from 0 to 1 where outputs are sigmoids.
        units: Hidden units.
        masked: Share of the inputs that are set to zero, rounded to a number of inputs.
        deviation: Standard deviation sigma of normal noise.
        output_activation: Of the reconstruction: `sigmoid`, `tanh` or `identity`.
        tied: Whether the matrix of the decoder is that of the encoder, transposed.

    Example:
        >>> net = DenoisingAutoencoder(in_features=4, masked=0.5)
        >>> net(torch.ones(1, 4), noise=torch.tensor([[0.3, -1.2, 0.1, 2.0]])).damaged
        tensor([[1., 0., 0., 1.]])
    """

    @checked_arguments(masked=(0, 1), deviation=(0, 1e6))
    def __init__(
        self,
        *,
        in_features: int = 6,
        units: int = 8,
        masked: float = 0.25,
        deviation: float = 0.0,
        output_activation: str = "sigmoid",
        tied: bool = True,
    ) -> None:
        super().__init__()
        self.masked, self.deviation = round(masked * in_features), deviation
        self.autoencoder = Autoencoder(
            in_features=in_features,
            hidden=[],
            code=units,
            code_activation="sigmoid",
            output_activation=output_activation,
            tied=tied,
        )

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B F"], noise: Float[Tensor, "B F"] | None = None) -> Repaired:
        """Damage examples and reconstruct them.

        Args:
            x: Examples.
            noise: Standard normal numbers, the smallest of which choose what is set to zero; drawn where they are not
                given.
        """
        damaged = self.damage(x, torch.randn_like(x) if noise is None else noise)
        return Repaired(damaged, self.autoencoder(damaged))

    def damage(self, x: Float[Tensor, "B F"], noise: Float[Tensor, "B F"]) -> Float[Tensor, "B F"]:
        """Return examples with noise, and with zeros where the noise is smallest."""
        if self.deviation:
            x = x + self.deviation * noise
        return x.scatter(1, noise.argsort(1)[:, : self.masked], 0.0) if self.masked else x

    def denoising_error(self, *, generator: torch.Generator, x: Float[Tensor, "B F"]) -> Float[Tensor, " B"]:
        """Return the error of the reconstruction, compared with examples that were not damaged."""
        noise = torch.randn(x.shape, generator=generator, dtype=x.dtype)
        return self.autoencoder.error(x, self(x, noise).y)

    def example_inputs(self, generator: torch.Generator, *, B: int = 3) -> dict[str, Tensor]:
        """Return random numbers between 0 and 1, and noise."""
        x = torch.rand(B, self.autoencoder.in_features, generator=generator)
        return {"x": x, "noise": torch.randn(x.shape, generator=generator)}
