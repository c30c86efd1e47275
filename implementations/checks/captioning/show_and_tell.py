"""Exact checks of show and tell."""

import torch

from implementations.architectures.captioning.show_and_tell import ShowAndTell
from implementations.claims.agreement import difference


def written_out_for_one_unit(generator: torch.Generator) -> float:
    """Return the difference from eq. 4-8 with numbers for a single unit: no biases, and m = o c without a tanh."""
    net = ShowAndTell(units=1, vocabulary=3).double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, B=1, T=4).items()}
    output = net(**inputs)
    input_weight, recurrent_weight = net.lstm.input.weight[:, 0], net.lstm.recurrent.weight[:, 0]
    xs = [net.cnn(inputs["image"])[0, 0], *(net.embed.weight @ word for word in inputs["words"][0])]
    m = c = torch.zeros((), dtype=torch.float64)
    logits = []
    for x in xs:
        i, f, g, o = (input_weight[k] * x.squeeze() + recurrent_weight[k] * m for k in range(4))
        c = 1 / (1 + torch.exp(-f)) * c + 1 / (1 + torch.exp(-i)) * torch.tanh(g)
        m = c / (1 + torch.exp(-o))
        logits.append(net.read_out.weight[:, 0] * m + net.read_out.bias)
    return max(difference(output.y[0], torch.stack(logits[1:])), difference(output.c[0, 0], c))


def image_is_a_first_word(generator: torch.Generator) -> float:
    """Return the difference between seeing an image and reading, from zero, a word with the embedding of that image."""
    net = ShowAndTell(vocabulary=5).double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, B=1).items()}
    inputs["words"][..., 4] = 0  # this word occurs in no caption
    with torch.no_grad():
        net.embed.weight[:, 4] = net.cnn(inputs["image"])[0]
    seen = net(**inputs)
    word, zero = torch.eye(5).double()[None, 4:], torch.zeros(1, 4).double()
    read = net(torch.zeros_like(inputs["image"]), torch.cat([word, inputs["words"]], 1), zero, zero)
    return max(difference(seen.y, read.y[:, 1:]), difference(seen.m, read.m), difference(seen.c, read.c))
