"""Exact checks of the multimodal recurrent network."""

from itertools import permutations

import torch
from torch import Tensor, nn

from implementations.architectures.captioning.multimodal_recurrent_network import MultimodalRecurrentNetwork
from implementations.claims.agreement import difference


def _network(generator: torch.Generator, **arguments: int) -> tuple[MultimodalRecurrentNetwork, dict[str, Tensor]]:
    net = MultimodalRecurrentNetwork(**arguments).double()
    return net, {name: value.double() for name, value in net.example_inputs(generator).items()}


def without_the_image_it_is_a_language_model(generator: torch.Generator) -> float:
    """Return the difference, where the image has weights of zero, from `nn.RNN` and two layers without an image."""
    net, inputs = _network(generator)
    nn.init.zeros_(net.cnn[-1].weight)
    nn.init.zeros_(net.cnn[-1].bias)
    plain = nn.RNN(8, 8, nonlinearity="relu", bias=False, batch_first=True).double()
    plain.load_state_dict({"weight_ih_l0": net.second.weight, "weight_hh_l0": net.recurrent.weight})
    inner = net.first(inputs["words"])
    states, _ = plain(inner)
    multimodal = net.from_word(net.second(inner)) + net.from_state(states)
    return difference(net(**inputs).y, net.read_out(1.7159 * torch.tanh(2 * multimodal / 3)))


def state_does_not_depend_on_the_image(generator: torch.Generator) -> float:
    """Return the difference of the states for two images; infinity if the logits do not differ."""
    net, inputs = _network(generator)
    one, other = net(**inputs), net(**inputs | {"image": -inputs["image"]})
    return difference(one.r, other.r) if difference(one.y, other.y) > 1e-6 else float("inf")


def without_recurrence_order_is_lost(generator: torch.Generator) -> float:
    """Return the largest difference of the last logits over all orders of the words before, without recurrent weights.

    This leaves a model of pairs of words: the state depends on the last word only.
    """
    net, inputs = _network(generator)
    nn.init.zeros_(net.recurrent.weight)
    last = net(**inputs).y[:, -1]
    errors = []
    for order in permutations(range(4)):
        words = inputs["words"][:, [*order, 4]]
        errors.append(difference(net(inputs["image"], words).y[:, -1], last))
    return max(errors)
