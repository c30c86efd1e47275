"""Exact checks of the recurrent visual memory."""

import torch
from torch import Tensor, nn

from implementations.architectures.captioning.recurrent_visual_memory import RecurrentVisualMemory
from implementations.claims.agreement import difference


def _network(generator: torch.Generator) -> tuple[RecurrentVisualMemory, dict[str, Tensor]]:
    net = RecurrentVisualMemory().double()
    return net, {name: value.double() for name, value in net.example_inputs(generator).items()}


def picture_is_made_of_words(generator: torch.Generator) -> float:
    """Return the difference of the pictures for the same words and two images; the next words differ."""
    net, inputs = _network(generator)
    one, other = net(**inputs), net(**inputs | {"image": -inputs["image"]})
    if difference(one.y, other.y) < 1e-9:
        return float("inf")
    return max(difference(one.picture, other.picture), difference(one.u, other.u))


def half_of_the_units_see(generator: torch.Generator) -> float:
    """Return the difference, for two images, of the units without an image after the first word; the others differ."""
    net, inputs = _network(generator)
    first = inputs["words"][:, :1]
    one, other = net(inputs["image"], first).s, net(-inputs["image"], first).s
    return difference(one[:, 2:], other[:, 2:]) if difference(one[:, :2], other[:, :2]) > 1e-9 else float("inf")


def without_memory_it_is_a_network_with_context(generator: torch.Generator) -> float:
    """Return the difference, where the memory has weights of zero, from `nn.RNN` on words with the image.

    A logistic sigmoid is a hyperbolic tangent of half the sum, moved and scaled: the states of `nn.RNN` are
    t = 2 s - 1, where s = sigmoid(a + S s) gives t = tanh(a / 2 + S 1 / 4 + S t / 4), from t = -1 for s = 0.
    """
    net, inputs = _network(generator)
    with torch.no_grad():
        net.read_out.weight[:, 4:] = 0
    plain = nn.RNN(4, 4, bias=False, batch_first=True).double()
    plain.load_state_dict({"weight_ih_l0": torch.eye(4), "weight_hh_l0": net.language.weight / 4})
    seen = torch.zeros(2, 4).double()
    seen[:, :2] = net.image_input(net.cnn(inputs["image"]))
    projected = net.word_input(inputs["words"])[..., :4] + seen[:, None]
    states, _ = plain(projected / 2 + net.language.weight.sum(1) / 4, -torch.ones(1, 2, 4).double())
    context = (states + 1) / 2
    return difference(net(**inputs).y, context @ net.read_out.weight[:, :4].T + net.read_out.bias)


def one_word_written_out(generator: torch.Generator) -> float:
    """Return the difference of both states, the logits and the picture from their equations, after one word."""
    net, inputs = _network(generator)
    words, s, u = inputs["words"][:, :1], *torch.rand(2, 2, 4, generator=generator, dtype=torch.float64)
    found = net(inputs["image"], words, s, u)
    projected = words[:, 0] @ net.word_input.weight.T + net.word_input.bias
    seen = torch.cat([net.cnn(inputs["image"]) @ net.image_input.weight.T, torch.zeros(2, 2)], 1)
    s = _logistic(projected[:, :4] + s @ net.language.weight.T + seen)
    u = _logistic(projected[:, 4:] + u @ net.memory.weight.T)
    logits = s @ net.read_out.weight[:, :4].T + u @ net.read_out.weight[:, 4:].T + net.read_out.bias
    picture = _logistic(u @ net.reconstruct.weight.T + net.reconstruct.bias)
    expected = logits[:, None], picture[:, None], s, u
    return max(difference(*pair) for pair in zip(found, expected, strict=True))


def loss_written_out(generator: torch.Generator) -> float:
    """Return the difference of the loss from the words' cross-entropy plus the picture's share of error."""
    net, inputs = _network(generator)
    target = torch.randint(0, 6, (2, 5), generator=generator)
    output, features = net(**inputs), net.cnn(inputs["image"])
    nll = -sum(output.y[b, t].softmax(0)[target[b, t]].log() for b in range(2) for t in range(5)) / 10
    reconstruction_error = sum((output.picture[:, t] - features).square().sum() for t in range(5)) / (
        5 * features.square().sum()
    )
    return difference(
        net.sampled_loss(generator, target=target, **inputs)[None],
        (nll + reconstruction_error)[None],
    )


def picture_does_not_move_what_it_pictures(generator: torch.Generator) -> float:
    """Return the difference of the loss's gradient by the image network from one with the pictured features given."""
    net, inputs = _network(generator)
    target = torch.randint(0, 6, (2, 5), generator=generator)
    given = net.cnn(inputs["image"]).detach()[:, None]
    output = net(**inputs)
    reconstruction_error = (output.picture - given).square().mean() / given.square().mean()
    loss = nn.functional.cross_entropy(output.y.flatten(0, 1), target.flatten()) + reconstruction_error
    weights = list(net.cnn.parameters())
    found = torch.autograd.grad(net.sampled_loss(generator, target=target, **inputs), weights)
    return max(difference(a, b) for a, b in zip(found, torch.autograd.grad(loss, weights), strict=True))


def _logistic(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x))
