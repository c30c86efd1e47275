"""Exact checks of the visual-semantic embedding and its decoder."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.architectures.captioning.visual_semantic_embedding import VisualSemanticEmbedding
from implementations.claims.agreement import difference


def _network(generator: torch.Generator, B: int = 2) -> tuple[VisualSemanticEmbedding, dict[str, Tensor]]:
    net = VisualSemanticEmbedding().double()
    return net, {name: value.double() for name, value in net.example_inputs(generator, B=B).items()}


def ranking_by_sums(generator: torch.Generator) -> float:
    """Return the difference of the ranking loss from sums over all wrong sentences and all wrong images.

    Also the difference of the whole loss from its mean over images plus the cross-entropy of the words.
    """
    net, inputs = _network(generator, B=5)
    y, x, v = (value.detach() for value in net(**inputs))
    total = torch.zeros((), dtype=torch.float64)
    for i in range(5):
        for k in range(5):
            if k != i:
                total = total + max(0.0, 0.2 - float(x[i] @ v[i]) + float(x[i] @ v[k]))
                total = total + max(0.0, 0.2 - float(x[i] @ v[i]) + float(x[k] @ v[i]))
    target = torch.randint(0, y.shape[2], y.shape[:2], generator=generator)
    nll = -y.softmax(2).gather(2, target[..., None]).log().mean()
    both = net.sampled_loss(generator, target=target, **inputs).detach()
    return max(
        difference(net.ranking(x, v)[None], total[None]),
        difference(both[None], (nll + total / 5)[None]),
    )


def factors_are_a_tensor(generator: torch.Generator) -> float:
    """Return the difference of the logits from a full tensor of third order between words, content and next words.

    Without factors, the content picks a matrix of its own between the predicted word and the vocabulary.
    """
    net, inputs = _network(generator)
    y, x, _ = net(**inputs)
    tensor = torch.einsum("fk,fg,vf->kgv", net.to_factors.weight, net.gate.weight, net.from_factors.weight)
    embedding = net.from_factors.weight @ net.to_factors.weight  # [V, D]
    logits = torch.zeros_like(y)
    for b in range(2):
        for t in range(5):
            r = sum(C(inputs["words"][b, t - i] @ embedding) for i, C in enumerate(net.contexts) if t >= i)
            a = net.content(x[b])
            a = a + sum(T(inputs["structure"][b, t + j]) for j, T in enumerate(net.structures) if t + j < 5)
            logits[b, t] = torch.einsum("k,g,kgv->v", r, a.clamp_min(0), tensor) + net.from_factors.bias
    return difference(y, logits)


def sentences_are_read_by_an_lstm(generator: torch.Generator) -> float:
    """Return the difference of a sentence's point from the last state of `nn.LSTM` on the words that are there."""
    net, inputs = _network(generator)
    plain = nn.LSTM(4, 4, batch_first=True).double()
    with torch.no_grad():
        plain.weight_ih_l0.copy_(net.lstm.input.weight)
        plain.weight_hh_l0.copy_(net.lstm.recurrent.weight)
        plain.bias_ih_l0.copy_(net.lstm.input.bias)
        plain.bias_hh_l0.zero_()
    errors = []
    for words, length in zip(inputs["words"], (4, 5), strict=True):
        _, (h, _) = plain(net.embed(words[None, :length]))
        errors.append(difference(net.read(words[None]), F.normalize(h[0], dim=1)))
    return max(errors)
