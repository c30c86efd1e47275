"""Exact checks of the encoder-decoder with attention."""

import torch
from torch import Tensor, nn

from implementations.architectures.recurrent.gru import GRU
from implementations.architectures.sequence_transduction.attention_encoder_decoder import AttentionEncoderDecoder
from implementations.claims.agreement import difference


def annotations_are_two_recurrent_networks(generator: torch.Generator) -> float:
    """Return the difference to our recurrent network, run over the source and over the source reversed."""
    net, _, source = _problem(generator)
    words = net.embed_source(source)
    expected = []
    for cell, order in ((net.forward_gru, words), (net.backward_gru, words.flip(1))):
        network = GRU(in_features=words.shape[2], units=net.units).double()
        network.load_state_dict(cell.state_dict())
        expected.append(network(order).y)
    return difference(net.annotate(source), torch.cat([expected[0], expected[1].flip(1)], 2))


def equal_scores_give_the_mean(generator: torch.Generator) -> float:
    """Return the difference to a decoder that gets the mean annotation, where the attention has weights of zero."""
    net, x, source = _problem(generator)
    nn.init.zeros_(net.attention.score.weight)
    annotations = net.annotate(source)
    context, state, logits = annotations.mean(1), torch.tanh(net.start(annotations[:, 0, net.units :])), []
    for word in net.embed_target(x).unbind(1):
        state = net.decoder(torch.cat([word, context], 1), state)
        larger = net.deep(torch.cat([state, word, context], 1)).view(len(x), -1, 2).max(2).values
        logits.append(net.read_out(larger))
    return difference(net(x, source), torch.stack(logits, 1))


def a_source_of_one_symbol_needs_no_attention(generator: torch.Generator) -> float:
    """Return the change by other weights of the attention where there is only one symbol to attend to."""
    net, x, source = _problem(generator)
    before = net(x, source[:, :1])
    for parameter in net.attention.parameters():
        nn.init.normal_(parameter, generator=generator)
    return difference(net(x, source[:, :1]), before)


def _problem(generator: torch.Generator) -> tuple[AttentionEncoderDecoder, Tensor, Tensor]:
    net = AttentionEncoderDecoder().double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator).items()}
    return net, inputs["x"], inputs["source"]
