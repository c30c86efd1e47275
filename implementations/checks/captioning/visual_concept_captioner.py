"""Exact checks of the visual concept captioner."""

import math
from itertools import pairwise

import torch
from torch.nn import functional as F

from implementations.architectures.captioning.visual_concept_captioner import VisualConceptCaptioner
from implementations.claims.agreement import difference


def features_written_out(generator: torch.Generator) -> float:
    """Return the difference of the logits from sums over the features of every next word, one by one."""
    net = VisualConceptCaptioner().double()
    words = F.one_hot(torch.tensor([[0, 2, 4, 1], [0, 3, 2, 5]]), 6).double()
    p = torch.tensor([[0.9, 0.1, 0.8, 0.2, 0.6, 0.3], [0.4, 0.7, 0.2, 0.95, 0.1, 0.99]]).double()
    logits = torch.zeros(2, 4, 6).double()
    for b in range(2):
        remaining = {w for w in range(6) if p[b, w] > 0.5}
        for t in range(4):
            last = int(words[b, t].argmax())
            remaining -= {last}
            for w in range(6):
                table = net.detected_bigrams if w in remaining else net.other_bigrams
                logits[b, t, w] = table.weight[w, last] + table.bias[w]
                if w in remaining:
                    logits[b, t, w] += net.score * math.log(p[b, w])
                if w == net.end and not remaining:
                    logits[b, t, w] += net.stop
    return difference(net.language(p, words), logits)


def detection_over_places(generator: torch.Generator) -> float:
    """Return the difference of the detected words from 1 - prod (1 - p) with the places one by one."""
    net = VisualConceptCaptioner().double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator).items()}
    maps = net.detect(net.maps(inputs["image"]))
    missing = torch.ones(2, 6).double()
    for row in range(maps.shape[2]):
        for column in range(maps.shape[3]):
            missing = missing * (1 - 1 / (1 + torch.exp(-maps[:, :, row, column])))
    return difference(net(**inputs).p, 1 - missing)


def candidates_are_ranked_by_both(generator: torch.Generator) -> float:
    """Return the difference of the ranks of candidates from log-likelihoods plus log-shares of exp(10 cosine)."""
    net = VisualConceptCaptioner().double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, B=3).items()}
    target = torch.randint(0, 6, (3, 5), generator=generator)
    image = inputs["image"][:1]
    x = net.embed_image(net.maps(image))[0]
    similarities, log_likelihoods = [], []
    for words, right in zip(inputs["words"], target, strict=True):
        pairs = torch.zeros(6, 6).double()
        for one, next_one in pairwise(words):
            pairs += one[:, None] * next_one
        z = net.embed_text(pairs.flatten())
        similarities.append(10 * (x @ z) / (x.norm() * z.norm()))
        logits = net(image, words[None]).y[0]
        log_likelihoods.append(torch.stack([logits[t].log_softmax(0)[right[t]] for t in range(5)]).sum())
    shares = torch.stack(similarities).exp() / torch.stack(similarities).exp().sum()
    return difference(net.rank(image, inputs["words"], target), torch.stack(log_likelihoods) + shares.log())


def loss_written_out(generator: torch.Generator) -> float:
    """Return the difference of the loss from ten times that of detection, plus those of words and similarity."""
    net = VisualConceptCaptioner().double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, B=3).items()}
    target = torch.randint(0, 6, (3, 5), generator=generator)
    output = net(**inputs)
    mentioned = inputs["words"].amax(1)
    detection = -torch.where(mentioned > 0, output.p, 1 - output.p).log().mean()
    words = -output.y.softmax(2).gather(2, target[..., None]).log().mean()
    shares = []
    for own in range(3):
        pairs = [net(inputs["image"][own : own + 1], inputs["words"][k : k + 1]).similarity for k in range(3)]
        shares.append((10 * torch.cat(pairs)).softmax(0)[own])
    similarity = -torch.stack(shares).log().mean()
    found = net.sampled_loss(generator, target=target, **inputs)
    return difference(found[None], (10 * detection + words + similarity)[None])


def words_do_not_train_the_detectors(generator: torch.Generator) -> float:
    """Return the difference of the loss's gradient by the detectors from that of ten times the loss of detection."""
    net = VisualConceptCaptioner().double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, B=3).items()}
    target = torch.randint(0, 6, (3, 5), generator=generator)
    weights = list(net.detect.parameters())
    found = torch.autograd.grad(net.sampled_loss(generator, target=target, **inputs), weights)
    detection = 10 * F.binary_cross_entropy(net(**inputs).p, inputs["words"].amax(1))
    return max(difference(a, b) for a, b in zip(found, torch.autograd.grad(detection, weights), strict=True))
