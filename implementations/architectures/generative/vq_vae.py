"""VQ-VAE: an autoencoder whose codes are a grid of vectors, each of which is one of a learned codebook.

Source: van den Oord, Vinyals & Kavukcuoglu 2017, "Neural discrete representation learning" (oord2017neural), with the
networks of its sec. 4.1.

Equations:
    q(k | x) = 1 for k = argmin over j of |z_e(x) - e_j|, else 0
    z_q(x) = e_k
    error = -log p(x | z_q(x)) + |sg(z_e(x)) - e_k|^2 + beta |z_e(x) - sg(e_k)|^2     sg: without a gradient
    -log p(x | z_q) = |x - y|^2 + constant,  y = decoder(z_q): normal pixels of variance 1/2

Shapes: B examples, C channels, H height, W width, D numbers of a vector; h = H/4, w = W/4.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from implementations.concepts.component.residual_connection import ResidualConnection
from implementations.concepts.quantisation_layer.vector_quantisation import VectorQuantisation
from kb.guards import checked_arguments, checked_inputs

STRIDE = 4
"""Pixels between neighbouring vectors: two strides of two."""


def residual_blocks(width: int, count: int) -> nn.Sequential:
    """Return blocks of a 3 by 3 and a pointwise convolution, each after a rectified linear unit."""
    return nn.Sequential(
        *(
            ResidualConnection(
                branch=nn.Sequential(
                    nn.ReLU(), nn.Conv2d(width, width, 3, padding=1), nn.ReLU(), nn.Conv2d(width, width, 1)
                )
            )
            for _ in range(count)
        )
    )


class Encoder(nn.Module):
    """Two strided convolutions, residual blocks, and a pointwise convolution to the numbers of a vector."""

    def __init__(self, channels: int, width: int, blocks: int, vector: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(channels, width, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(width, width, 4, stride=2, padding=1),
            residual_blocks(width, blocks),
            nn.Conv2d(width, vector, 1),
        )

    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D h w"]:
        """Return a vector for every window of an image."""
        return self.layers(x)


class Decoder(nn.Module):
    """A pointwise convolution, residual blocks, and two transposed convolutions."""

    def __init__(self, channels: int, width: int, blocks: int, vector: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(vector, width, 1),
            residual_blocks(width, blocks),
            nn.ConvTranspose2d(width, width, 4, stride=2, padding=1),
            nn.ReLU(),
            nn.ConvTranspose2d(width, channels, 4, stride=2, padding=1),
        )

    def forward(self, z: Float[Tensor, "B D h w"]) -> Float[Tensor, "B C H W"]:
        """Return the image that vectors stand for."""
        return self.layers(z)


class VQVAE(nn.Module):
    """An encoder, a codebook and a decoder.

    Args:
        channels: Channels C of an image.
        width: Channels of the hidden layers.
        blocks: Residual blocks of either network.
        codes: Number of vectors in the codebook.
        vector: Numbers D of a vector.

    Raises:
        ValueError: Height and width cannot be divided by four.

    Example:
        >>> model = VQVAE(codes=1).eval()
        >>> y = model(torch.randn(2, 1, 8, 8))
        >>> torch.equal(y[0], y[1])
        True
        >>> model(torch.zeros(1, 1, 8, 6))
        Traceback (most recent call last):
        ...
        ValueError: an image of (8, 6) pixels came; height and width must be divisible by 4
    """

    @checked_arguments()
    def __init__(self, *, channels: int = 1, width: int = 4, blocks: int = 2, codes: int = 5, vector: int = 3) -> None:
        super().__init__()
        self.channels = channels
        self.encoder = Encoder(channels, width, blocks, vector)
        self.quantiser = VectorQuantisation(codes=codes, width=vector)
        self.decoder = Decoder(channels, width, blocks, vector)

    @checked_inputs()
    def forward(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        """Encode images, replace the vectors by the nearest ones of the codebook, and decode these."""
        z = self.quantiser(self.encode(x)).movedim(-1, 1)
        return self.decoder(z)

    def encode(self, x: Float[Tensor, "B C H W"]) -> Float[Tensor, "B h w D"]:
        """Return the vectors of images before they are replaced."""
        if any(size % STRIDE for size in x.shape[2:]):
            raise ValueError(
                f"an image of {tuple(x.shape[2:])} pixels came; height and width must be divisible by {STRIDE}"
            )
        return self.encoder(x).movedim(1, -1)

    def reconstruction_error(
        self, x: Float[Tensor, "B C H W"], *, generator: torch.Generator | None = None
    ) -> Float[Tensor, " B"]:
        """Return the squared error of the reconstruction, summed over an image; nothing is drawn."""
        return (x - self(x)).square().flatten(1).sum(1)

    def codebook_error(
        self, x: Float[Tensor, "B C H W"], *, generator: torch.Generator | None = None
    ) -> Float[Tensor, " B"]:
        """Return the squared distance from the nearest vectors, on average over the grid, which trains the codebook."""
        return self.quantiser.codebook_error(self.encode(x)).flatten(1).mean(1)

    def commitment_error(
        self, x: Float[Tensor, "B C H W"], *, generator: torch.Generator | None = None
    ) -> Float[Tensor, " B"]:
        """Return the same distance, which trains the encoder."""
        return self.quantiser.commitment_error(self.encode(x)).flatten(1).mean(1)

    def example_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 8, W: int = 12) -> dict[str, Tensor]:
        """Return random images."""
        return {"x": torch.randn(B, self.channels, H, W, generator=generator)}

    def encoder_inputs(self, generator: torch.Generator, *, B: int = 2, H: int = 8, W: int = 12) -> dict[str, Tensor]:
        """Return random images; the encoder takes those of any height and width from four pixels on."""
        return {"x": torch.randn(B, self.channels, H, W, generator=generator)}

    def decoder_inputs(self, generator: torch.Generator, *, B: int = 2, P: int = 2, Q: int = 3) -> dict[str, Tensor]:
        """Return a grid of random vectors."""
        return {"z": torch.randn(B, self.quantiser.codebook.shape[1], P, Q, generator=generator)}
