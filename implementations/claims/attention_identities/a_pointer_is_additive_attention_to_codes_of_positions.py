"""Exact relation: a pointer is additive attention whose values are the one-hot codes of positions.

Source: Vinyals et al. 2015, abstract (vinyals2015pointer); Bahdanau et al. 2015, eq. 5 and 6 (bahdanau2014neural).

Method: a random encoder-decoder with attention lends its attention's weights to a pointer. The pointer is compared with
the attention to codes of positions. Then a step of the decoder is compared with one whose context is the mean of the
annotations under the pointer's distribution: what the network with attention mixes, the pointer network returns.

Measures:
    agreement_error: difference of the pointer's probabilities and the attention to codes of positions.
    step_error: difference of the decoder's next state, with the context that the pointer gives.
    shuffled_difference: of the probabilities, where the codes are those of other positions.
    chosen_difference: of the decoder's next state, where the context is the likeliest annotation alone.
    uniform_difference: of the decoder's next state, where all annotations have the same weight.
"""

import torch
from torch import Tensor

from implementations.architectures.sequence_transduction.attention_encoder_decoder import AttentionEncoderDecoder
from implementations.claims.agreement import difference
from implementations.concepts.attention_mechanism.pointer_attention import PointerAttention

UNITS, ALIGNMENT, ELEMENTS = 5, 4, 6


def run(seed: int) -> dict[str, float]:
    """Compare the two on random sequences.

    Args:
        seed: Seed of weights and inputs.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    net = AttentionEncoderDecoder(units=UNITS, alignment=ALIGNMENT).double()
    for parameter in net.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    inputs = {name: value.double() for name, value in net.decode_inputs(generator, T=1, S=ELEMENTS).items()}
    annotations, state = inputs["annotations"], inputs["h"]
    pointer = PointerAttention(query_features=UNITS, key_features=2 * UNITS, units=ALIGNMENT).double()
    pointer.load_state_dict(net.attention.state_dict())

    def attended(values: Tensor) -> Tensor:
        return net.attention(state[:, None], annotations, values.expand(len(state), -1, -1))

    def stepped(weights: Tensor) -> Tensor:
        word = net.embed_target(inputs["x"])[:, 0]
        return net.decoder(torch.cat([word, (weights @ annotations)[:, 0]], 1), state)

    with torch.no_grad():
        found, codes = pointer(state[:, None], annotations).exp(), torch.eye(ELEMENTS, dtype=torch.float64)
        following = net.decode(**inputs).h
        chosen = torch.nn.functional.one_hot(found.argmax(2), ELEMENTS).double()
        return {
            "agreement_error": difference(found, attended(codes)),
            "step_error": difference(stepped(found), following),
            "shuffled_difference": difference(found, attended(codes.roll(1, 0))),
            "chosen_difference": difference(stepped(chosen), following),
            "uniform_difference": difference(stepped(torch.full_like(found, 1 / ELEMENTS)), following),
        }
