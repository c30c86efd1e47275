"""Exact checks of the deep visual-semantic alignment and its generator."""

from itertools import product

import torch
from torch import Tensor, nn

from implementations.architectures.captioning.deep_visual_semantic_alignment import DeepVisualSemanticAlignment
from implementations.claims.agreement import difference


def _network(generator: torch.Generator, B: int = 2) -> tuple[DeepVisualSemanticAlignment, dict[str, Tensor]]:
    net = DeepVisualSemanticAlignment().double()
    return net, {name: value.double() for name, value in net.example_inputs(generator, B=B).items()}


def score_is_that_of_the_best_alignment(generator: torch.Generator) -> float:
    """Return the difference of all scores from the largest over all ways to give each word a region, written out."""
    regions = torch.randn(3, 4, 5, generator=generator).double()
    words = torch.randn(2, 3, 5, generator=generator).double()
    found = DeepVisualSemanticAlignment.score(regions, words)
    best = torch.full_like(found, -torch.inf)
    for k, image in enumerate(regions):
        for l, caption in enumerate(words):  # noqa: E741
            for alignment in product(range(4), repeat=3):
                total = sum(float(image[i] @ word) for i, word in zip(alignment, caption, strict=True))
                best[k, l] = max(float(best[k, l]), total)
    return difference(found, best)


def loss_by_sums(generator: torch.Generator) -> float:
    """Return the difference of the alignment's loss from eq. 9, summed term by term without those of right pairs.

    Also the difference of the loss of both models from its mean over images plus the mean surprise at the words. Words
    are multiplied by ten, so that scores differ by more than the margin. Otherwise both directions would give the same
    sum.
    """
    net, inputs = _network(generator, B=4)
    with torch.no_grad():
        net.combine.weight *= 10
    scores = net.score(net.regions(inputs["image"]), net.read(inputs["words"])).detach()
    total = 0.0
    for k in range(4):
        for l in range(4):  # noqa: E741
            if k != l:
                total += max(0.0, float(scores[k, l] - scores[k, k]) + 1)
                total += max(0.0, float(scores[l, k] - scores[k, k]) + 1)
    target = torch.randint(0, 6, (4, 5), generator=generator)
    logits = net.generate(**inputs)
    nll = -sum(logits[b, t].softmax(0)[target[b, t]].log() for b in range(4) for t in range(5)) / 20
    summed = net.sampled_loss(generator, target=target, **inputs)
    ranking = difference(net.ranking(**inputs)[None], torch.tensor([total], dtype=torch.float64))
    return max(ranking, difference(summed[None], (nll + total / 4)[None]))


def words_are_read_both_ways(generator: torch.Generator) -> float:
    """Return the difference of the vectors of words from those of a bidirectional `nn.RNN`, for a full caption."""
    net, inputs = _network(generator)
    words = inputs["words"][1:]
    plain = nn.RNN(6, 6, nonlinearity="relu", bidirectional=True, batch_first=True).double()
    with torch.no_grad():
        for layer, end in ((net.forward_recurrent, ""), (net.backward_recurrent, "_reverse")):
            getattr(plain, f"weight_ih_l0{end}").copy_(torch.eye(6))
            getattr(plain, f"bias_ih_l0{end}").zero_()
            getattr(plain, f"weight_hh_l0{end}").copy_(layer.weight)
            getattr(plain, f"bias_hh_l0{end}").copy_(layer.bias)
    states, _ = plain(torch.relu(net.project(net.embed(words))))
    return difference(net.read(words), torch.relu(net.combine(states[..., :6] + states[..., 6:])))


def image_enters_the_generator_once(generator: torch.Generator) -> float:
    """Return the difference of the generator from `nn.RNN` on words to the first of which the image is added."""
    net, inputs = _network(generator)
    plain = nn.RNN(6, 6, nonlinearity="relu", bias=False, batch_first=True).double()
    plain.load_state_dict({"weight_ih_l0": torch.eye(6), "weight_hh_l0": net.recurrent.weight})
    projected = net.word_input(inputs["words"])
    projected = torch.cat([projected[:, :1] + net.embed_image(inputs["image"])[:, None], projected[:, 1:]], 1)
    return difference(net(**inputs).y, net.read_out(plain(projected)[0]))
