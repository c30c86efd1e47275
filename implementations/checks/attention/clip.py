"""Exact checks of CLIP."""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.attention.clip import CLIP
from implementations.claims.agreement import difference

PAIRS = 5


def _pairs(generator: torch.Generator) -> tuple[CLIP, dict[str, Tensor]]:
    """Return a network, and as many images as texts."""
    net = CLIP().double()
    return net, {name: value.double() for name, value in net.example_inputs(generator, B=PAIRS, K=PAIRS).items()}


def _losses(net: CLIP, image: Tensor, text: Tensor) -> Tensor:
    target = torch.arange(PAIRS)
    return net.contrastive_loss(generator=torch.Generator(), target=target, image=image, text=text).detach()


def loss_is_two_cross_entropies(generator: torch.Generator) -> float:
    """Return the difference of the losses from the mean of torch's cross-entropies of rows and of columns."""
    net, inputs = _pairs(generator)
    logits, own = net(**inputs).detach(), torch.arange(PAIRS)
    both = [F.cross_entropy(scores, own, reduction="none") for scores in (logits, logits.T)]
    return difference(_losses(net, **inputs), (both[0] + both[1]) / 2)


def pairs_have_no_order(generator: torch.Generator) -> float:
    """Return the difference of the losses of permuted pairs from the permuted losses of the pairs."""
    net, inputs = _pairs(generator)
    order = torch.randperm(PAIRS, generator=generator)
    moved = {name: value[order] for name, value in inputs.items()}
    return difference(_losses(net, **moved), _losses(net, **inputs)[order])


def wrong_pairs_by_sums(generator: torch.Generator) -> float:
    """Return the difference of the losses from sums over logits, where each image has the text of the next."""
    net, inputs = _pairs(generator)
    s = net(**inputs).detach()
    following = [(i + 1) % PAIRS for i in range(PAIRS)]
    losses = [(s[i].exp().sum().log() + s[:, j].exp().sum().log()) / 2 - s[i, j] for i, j in enumerate(following)]
    return difference(_losses(net, inputs["image"], inputs["text"][following]), torch.stack(losses))


def _texts(generator: torch.Generator) -> Tensor:
    """Return texts of two to six words of five, whose last word is the fifth; the words after it are random."""
    words = torch.randint(0, 4, (PAIRS, 6), generator=generator)
    return F.one_hot(words.masked_fill(torch.arange(6) == torch.arange(1, 6)[:, None], 4), 5).double()


def nothing_after_the_end(generator: torch.Generator) -> float:
    """Return the difference between texts and the same texts with other words after the end."""
    net, y = CLIP().double(), _texts(generator)
    after = (torch.arange(6) > torch.arange(1, 6)[:, None])[..., None]
    others = F.one_hot(torch.randint(0, 4, (PAIRS, 6), generator=generator), 5).double()
    return difference(net.text_tower(torch.where(after, others, y)), net.text_tower(y))


def ends_where_the_last_word_is(generator: torch.Generator) -> float:
    """Return the difference between texts and the same texts cut after their end, one by one."""
    net, y = CLIP().double(), _texts(generator)
    alone = [net.text_tower(text[None, : end + 1])[0] for text, end in zip(y, range(1, 6), strict=True)]
    return difference(net.text_tower(y), torch.stack(alone))
