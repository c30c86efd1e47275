"""Exact checks of the long-term recurrent convolutional network."""

import torch
from torch import nn

from implementations.architectures.captioning.long_term_recurrent_convolutional_network import (
    LongTermRecurrentConvolutionalNetwork,
)
from implementations.architectures.recurrent.lstm import LSTM
from implementations.claims.agreement import difference


def first_layer_of_the_factored_form_is_a_language_model(generator: torch.Generator) -> float:
    """Return the difference of the first layer's states, with any image, from an LSTM on the words alone."""
    net = LongTermRecurrentConvolutionalNetwork().double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator).items()}
    alone = LSTM(in_features=4, units=4, peepholes=False).double()
    alone.input.load_state_dict(net.layers[0].input.state_dict())
    alone.recurrent.load_state_dict(net.layers[0].recurrent.state_dict())
    expected = alone(net.embed(inputs["words"]))
    found = net(**inputs)
    return max(difference(found.h[:, :4], expected.h), difference(found.c[:, :4], expected.c))


def unfactored_is_one_sequence(generator: torch.Generator) -> float:
    """Return the difference of the unfactored form from `nn.LSTM` with two layers, on words with the image beside."""
    net = LongTermRecurrentConvolutionalNetwork(factored=False).double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator).items()}
    stack = nn.LSTM(8, 4, num_layers=2, batch_first=True).double()
    with torch.no_grad():
        for number, cell in enumerate(net.layers):
            getattr(stack, f"weight_ih_l{number}").copy_(cell.input.weight)
            getattr(stack, f"weight_hh_l{number}").copy_(cell.recurrent.weight)
            getattr(stack, f"bias_ih_l{number}").copy_(cell.input.bias)
            getattr(stack, f"bias_hh_l{number}").zero_()
    beside = net.cnn(inputs["image"])[:, None].expand(-1, 5, -1)
    states, (h, _) = stack(torch.cat([net.embed(inputs["words"]), beside], 2))
    found = net(**inputs)
    return max(difference(found.y, net.read_out(states)), difference(found.h, torch.cat([*h], 1)))
