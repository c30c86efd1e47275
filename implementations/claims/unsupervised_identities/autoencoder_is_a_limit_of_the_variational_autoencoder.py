"""Experiment: a variational autoencoder whose codes vary less and less, against an autoencoder.

Source: Kingma & Welling 2014, sec. 2.4 and app. C (kingma2013auto).

Method: both have the same weights. The encoder's layer for the logarithm of the variance is the same number for all
inputs, the bias.

Measures:
    log_variances, differences: this number, and the difference of the log-odds of all bits, for the figure.
    agreement_error: the difference at -80.
    largest_ratio: largest factor between the differences at successive numbers, each of which is ten less.
    error_difference: the difference of the reconstruction errors at -80.
    unit_variance_difference: the difference at 0.
    other_code_difference: the difference at -80, where the code of the autoencoder has sigmoids.
"""

from itertools import pairwise

import torch
from torch import Tensor

from implementations.architectures.generative.variational_autoencoder import (
    VariationalAutoencoder,
    negative_log_likelihood,
)
from implementations.architectures.unsupervised.autoencoder import Autoencoder
from implementations.claims.agreement import difference

FEATURES, HIDDEN, CODE = 6, 5, 2
LOG_VARIANCES = [0.0, -10.0, -20.0, -30.0, -40.0, -50.0]


@torch.no_grad()
def run(seed: int) -> dict[str, float | list[float]]:
    """Copy the weights, and compare reconstructions of the same bits.

    Args:
        seed: Seed of weights, bits and noise.

    Returns:
        The measures that the module lists.
    """
    torch.manual_seed(seed)
    model = VariationalAutoencoder(in_features=FEATURES, hidden=HIDDEN, latent=CODE).double()
    model.encoder.log_variance.weight.zero_()
    x = (torch.rand(20, FEATURES) < 0.5).double()
    noise = torch.randn(20, CODE, dtype=torch.float64)
    plain = autoencoder(model, "identity")
    expected = plain(x)
    differences = [difference(logits(model, value, x, noise), expected.logit()) for value in LOG_VARIANCES]
    narrow = logits(model, -80.0, x, noise)
    return {
        "log_variances": LOG_VARIANCES,
        "differences": differences,
        "agreement_error": difference(narrow, expected.logit()),
        "largest_ratio": max(later / earlier for earlier, later in pairwise(differences)),
        "error_difference": difference(negative_log_likelihood(x, narrow), plain.reconstruction_error(x)),
        "unit_variance_difference": differences[0],
        "other_code_difference": difference(narrow, autoencoder(model, "sigmoid")(x).logit()),
    }


def logits(model: VariationalAutoencoder, log_variance: float, x: Tensor, noise: Tensor) -> Tensor:
    """Return the log-odds of the bits, where all codes have one variance."""
    model.encoder.log_variance.bias.fill_(log_variance)
    return model(x, noise).logits


def autoencoder(model: VariationalAutoencoder, code_activation: str) -> Autoencoder:
    """Return the autoencoder whose code is the mean of the other's."""
    net = Autoencoder(
        in_features=FEATURES, hidden=[HIDDEN], code=CODE, activation="tanh", code_activation=code_activation
    ).double()
    encoder, decoder = model.encoder, model.decoder
    for ours, theirs in zip(
        [*net.encoding, *net.decoding], [encoder.hidden, encoder.mean, decoder.hidden, decoder.logits], strict=True
    ):
        ours.load_state_dict(theirs.state_dict())
    return net
