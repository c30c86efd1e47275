"""Exact checks of the masked autoencoder."""

import torch
from torch import Tensor

from implementations.architectures.attention.vision_transformer import VisionTransformer
from implementations.architectures.unsupervised.masked_autoencoder import MaskedAutoencoder
from implementations.claims.agreement import difference
from implementations.peers.unsupervised.masked_autoencoder import model, translated

TALL = (4, 6)
"""Rows and columns of pixels that differ."""


def prepared(generator: torch.Generator, **arguments: object) -> MaskedAutoencoder:
    """Return a network with random weights, none of which is zero."""
    net = MaskedAutoencoder(**arguments).double()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64) / 2)
    return net


def hidden_pixels_are_not_seen(generator: torch.Generator) -> float:
    """Return how much the prediction changes where all hidden pixels are replaced."""
    net = prepared(generator, image=TALL)
    x, noise = (value.double() for value in net.example_inputs(generator).values())
    image, hidden = net(x, noise)
    where = hidden.view(-1, 1, 2, 3).repeat_interleave(2, 2).repeat_interleave(2, 3).bool()
    others = torch.randn(x.shape, generator=generator, dtype=torch.float64)
    return difference(net(torch.where(where, others, x), noise).image, image)


def encoder_is_a_vision_transformer(generator: torch.Generator) -> float:
    """Return the difference between the encoder of all patches and a Vision Transformer with the same codes."""
    net = prepared(generator, image=TALL, masked=0.0)
    whole = VisionTransformer(image=TALL, patch=2).double()
    whole.load_state_dict(net.encoder.state_dict(), strict=False)
    x = torch.randn(2, 3, *TALL, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        table = net.encoder.code(torch.zeros(1, 2, 3, 8, dtype=torch.float64)).view(6, 8)
        whole.code.weight.copy_(torch.cat([torch.zeros(1, 8, dtype=torch.float64), table]))
    in_order = torch.arange(6.0, dtype=torch.float64).expand(2, -1)
    return difference(net.encoder(x, in_order), whole.tokens(x))


def losses_are_those_of_transformers(generator: torch.Generator) -> float:
    """Return the larger difference to the library's losses, of pixels and of normalised ones."""
    net = prepared(generator)
    x = torch.randn(3, 3, 8, 8, generator=generator, dtype=torch.float64)
    start = generator.get_state()
    found = []
    for ours, normalised in ((net.pixel_loss, False), (net.normalised_loss, True)):
        generator.set_state(start)
        loss = ours(generator=generator, x=x).mean()
        generator.set_state(start)
        noise = torch.randn(3, 16, generator=generator, dtype=torch.float64)
        found.append(difference(loss, library_loss(net, x, noise, normalised)))
    return max(found)


def library_loss(net: MaskedAutoencoder, x: Tensor, noise: Tensor, normalised: bool) -> Tensor:
    """Return the loss of transformers' model with our weights."""
    sizes = {"hidden_size": 8, "num_attention_heads": 2, "intermediate_size": 12, "num_hidden_layers": 2}
    sizes |= {"decoder_hidden_size": 4, "decoder_num_attention_heads": 1, "decoder_intermediate_size": 6}
    module = model(8, 2, 3, 0.75, sizes | {"decoder_num_hidden_layers": 1}, normalised).double()
    weights = translated(dict(net.state_dict()), module.config)
    return torch.func.functional_call(module, weights, (x,), {"noise": noise}).loss
