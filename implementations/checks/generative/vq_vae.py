"""Exact checks of the VQ-VAE: its networks, and which error trains what."""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.generative.vq_vae import VQVAE
from implementations.claims.agreement import difference


def layers_written_out(generator: torch.Generator) -> float:
    """Return the difference of encoder and decoder from their convolutions, one after the other."""
    model, x = _model(generator), _images(generator)
    weights = model.encoder.state_dict()
    h = _convolved(torch.relu(_convolved(x, weights, "layers.0", stride=2, padding=1)), weights, "layers.2", 2, 1)
    z = _convolved(_blocks(h, weights, "layers.3"), weights, "layers.4")
    weights = model.decoder.state_dict()
    h = _blocks(_convolved(z, weights, "layers.0"), weights, "layers.1")
    for name, wrap in (("layers.2", torch.relu), ("layers.4", torch.clone)):
        h = wrap(F.conv_transpose2d(h, weights[f"{name}.weight"], weights[f"{name}.bias"], stride=2, padding=1))
    return max(difference(model.encoder(x), z), difference(model.decoder(z), h))


def errors_train_what_the_paper_says(generator: torch.Generator) -> float:
    """Return the largest gradient of an error by weights that it does not train, in training mode.

    The reconstruction error trains encoder and decoder, the codebook error the codebook, the commitment error the
    encoder. Each of these gets a gradient that is not zero, or the check fails.
    """
    model, x = _model(generator), _images(generator)
    trained = {
        model.reconstruction_error: {"encoder", "decoder"},
        model.codebook_error: {"quantiser"},
        model.commitment_error: {"encoder"},
    }
    others = [0.0]
    for error, names in trained.items():
        for name, network in model.named_children():
            gradients = torch.autograd.grad(
                error(x).sum(), list(network.parameters()), allow_unused=True, materialize_grads=True
            )
            largest = max(float(gradient.abs().max()) for gradient in gradients)
            others.append(largest if name not in names else float(largest == 0))
    return max(others)


def the_encoder_gets_the_gradient_of_the_decoder(generator: torch.Generator) -> float:
    """Return the difference of the encoder's gradient from one where the decoder's input is sent back unchanged."""
    model, x = _model(generator), _images(generator)
    weights = list(model.encoder.parameters())
    found = torch.autograd.grad(model.reconstruction_error(x).sum(), weights)
    vectors = model.encoder(x)
    z = model.quantiser(model.encode(x)).movedim(-1, 1).detach().requires_grad_()
    (sent,) = torch.autograd.grad((x - model.decoder(z)).square().sum(), z)
    expected = torch.autograd.grad(vectors, weights, sent)
    return max(difference(a, b) for a, b in zip(found, expected, strict=True))


def other_vectors_with_the_same_codes_change_nothing(generator: torch.Generator) -> float:
    """Return the difference of reconstructions after the encoder's outputs moved, each a little, to no other code."""
    model, x = _model(generator).eval(), _images(generator)
    before, codes = model(x), model.quantiser.nearest(model.encode(x))
    with torch.no_grad():
        model.encoder.layers[-1].bias.add_(1e-6)
    if not torch.equal(codes, model.quantiser.nearest(model.encode(x))):
        raise AssertionError("the vectors are at the border between two codes")
    return difference(model(x), before)


def with_all_vectors_as_codes_it_is_an_autoencoder(generator: torch.Generator) -> float:
    """Return the difference from decoded vectors of the encoder, where the codebook has all of these."""
    plain, x = _model(generator).eval(), _images(generator)
    vectors = plain.encode(x).flatten(0, 2).detach()
    model = VQVAE(codes=len(vectors)).double().eval()
    model.load_state_dict(plain.state_dict() | {"quantiser.codebook": vectors})
    return difference(model(x), plain.decoder(plain.encoder(x)))


def _model(generator: torch.Generator) -> VQVAE:
    """Return a model in training mode, whose codebook has random vectors of the size of the encoder's."""
    model = VQVAE().double().train()
    with torch.no_grad():
        model.quantiser.codebook.copy_(
            torch.randn(model.quantiser.codebook.shape, generator=generator, dtype=torch.float64)
        )
    return model


def _images(generator: torch.Generator) -> Tensor:
    return torch.randn(2, 1, 8, 12, generator=generator, dtype=torch.float64)


def _convolved(x: Tensor, weights: dict[str, Tensor], name: str, stride: int = 1, padding: int = 0) -> Tensor:
    return F.conv2d(x, weights[f"{name}.weight"], weights[f"{name}.bias"], stride=stride, padding=padding)


def _blocks(h: Tensor, weights: dict[str, Tensor], name: str) -> Tensor:
    for block in ("0", "1"):
        inner = _convolved(torch.relu(h), weights, f"{name}.{block}.branch.1", padding=1)
        h = h + _convolved(torch.relu(inner), weights, f"{name}.{block}.branch.3")
    return h
