"""Experiment: what a code tells an autoregressive decoder, for normal codes and for codes of a codebook.

Source: van den Oord, Vinyals & Kavukcuoglu 2017, abstract and sec. 1 (oord2017neural).

Method: the images are those of the task of binarised digits. The decoder is a MADE over the code and the pixels, in
this order, so that every pixel depends on the code and on all pixels before it. It is trained with an encoder in three
ways. A variational autoencoder draws codes of eight numbers and pays for their divergence from the prior. A codebook of
16 vectors of four numbers gives two of them to each image, with the errors of the VQ-VAE. For comparison, the same is
trained with the codes of other images of the batch. All figures are means over the test images.

Measures:
    gain_codebook, gain_normal, gain_shuffled: by how much -log p(x | code) is larger with the code of another image
        than with its own, in nats: for the codebook, for normal codes, and for the codebook that was trained with the
        codes of other images.
    share: the gain of normal codes, over that of the codebook.
    divergence: that of the normal codes from the prior, in nats.
    perplexity: number of vectors that are in use, as the exponential of the entropy of their shares.
    error_codebook, error_normal: -log p(x | code), in nats.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.generative.made import MADE
from implementations.architectures.generative.variational_autoencoder import Encoder, divergence
from implementations.claims.precision import double_precision
from implementations.concepts.gradient_estimator.reparametrisation import Reparametrisation
from implementations.concepts.quantisation_layer.vector_quantisation import VectorQuantisation
from implementations.concepts.task.binarised_digits import BinarisedDigits
from kb.training import descend

PIXELS, CODE, CODES, VECTOR, HIDDEN = 64, 8, 16, 4, 64
UNITS, STEPS, RATE, COMMITMENT = 4 * (PIXELS + CODE - 1), 1500, 3e-3, 0.25
"""Four units of the decoder for every number of inputs that a unit may depend on."""


class Normal(nn.Module):
    """An encoder with normal codes, and what they cost."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.draw = Encoder(in_features=PIXELS, hidden=HIDDEN, latent=CODE), Reparametrisation()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return a code for every image, and the divergence from the prior."""
        mean, log_variance = self.encoder(x)
        return self.draw(mean, log_variance, torch.randn_like(mean)), divergence(mean, log_variance)


class Codebook(nn.Module):
    """An encoder with codes from a codebook, and the errors by which these and the encoder are trained."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(PIXELS, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, CODE))
        self.quantise = VectorQuantisation(codes=CODES, width=VECTOR)

    def vectors(self, x: Tensor) -> Tensor:
        """Return the vectors of every image before they are replaced."""
        return self.encoder(x).unflatten(1, (-1, VECTOR))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return a code for every image, and its errors."""
        z = self.vectors(x)
        errors = self.quantise.codebook_error(z) + COMMITMENT * self.quantise.commitment_error(z)
        return self.quantise(z).flatten(1), errors.sum(1)


@double_precision()
def run(seed: int) -> dict[str, float]:
    """Train all three, and exchange codes.

    Args:
        seed: Seed of weights, batches and codes.

    Returns:
        The measures that the module lists.
    """
    task = BinarisedDigits(generator=torch.Generator().manual_seed(seed))
    torch.manual_seed(seed)
    x = task.held_out.double()
    normal, codebook = trained(Normal(), task), trained(Codebook(), task)
    errors, gains = zip(*(exchanged(*pair, x) for pair in (normal, codebook)), strict=True)
    _, gain_shuffled = exchanged(*trained(Codebook(), task, shuffled=True), x)
    with torch.no_grad():
        cost = normal[0](x)[1].mean()
        nearest = codebook[0].quantise.nearest(codebook[0].vectors(x))
    return {
        "gain_codebook": gains[1],
        "gain_normal": gains[0],
        "gain_shuffled": gain_shuffled,
        "share": gains[0] / gains[1],
        "divergence": float(cost),
        "perplexity": perplexity(nearest),
        "error_codebook": errors[1],
        "error_normal": errors[0],
    }


def trained(encoder: nn.Module, task: BinarisedDigits, *, shuffled: bool = False) -> tuple[nn.Module, MADE]:
    """Return an encoder and a decoder that were trained together.

    Args:
        encoder: Returns codes, and what is added to the loss.
        task: Gives batches.
        shuffled: Whether the decoder gets the codes of other images.
    """
    decoder = MADE(bits=CODE + PIXELS, hidden=UNITS)

    def loss() -> Tensor:
        x = task.batch()[0]["x"].double()
        code, cost = encoder(x)
        return (error(decoder, code.roll(1, 0) if shuffled else code, x) + cost).mean()

    weights = [*encoder.parameters(), *decoder.parameters()]
    descend(torch.optim.Adam(weights, lr=RATE), loss, steps=STEPS, clip=1.0)
    return encoder.eval(), decoder.eval()


def error(decoder: MADE, code: Tensor, x: Tensor) -> Tensor:
    """Return -log p(x | code) in nats; every pixel is predicted from the code and the pixels before it."""
    logits = decoder(torch.cat([code, x], 1))[:, CODE:]
    return F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum(1)


@torch.no_grad()
def exchanged(encoder: nn.Module, decoder: MADE, x: Tensor) -> tuple[float, float]:
    """Return the mean error of images, and by how much it is larger with the codes of other images."""
    code, _ = encoder(x)
    own, other = (float(error(decoder, z, x).mean()) for z in (code, code[torch.randperm(len(code))]))
    return own, other - own


def perplexity(nearest: Tensor) -> float:
    """Return the number of equally frequent vectors that would have the entropy of these."""
    shares = torch.bincount(nearest.flatten(), minlength=CODES) / nearest.numel()
    return float(torch.special.entr(shares).sum().exp())
