"""Exact relation: the NT-Xent loss of SimCLR is the loss of CLIP plus a term for the candidates on the own side.

Source: Chen et al. 2020, eq. 1 (chen2020simple), and Radford et al. 2021, sec. 2.3 (radford2021learning), for the two
losses; the relation is our own.

Method: random images and texts pass a CLIP with random weights. Its loss of each pair is compared with the NT-Xent loss
of the same points, as if the image and the text of a pair were two views of one image, the mean over both. The term of
an image is the softplus of a difference: the log-sum-exp of its scores with the other images, less that with all texts;
and in the same way for texts.

Measures:
    candidates_error: relative difference of the NT-Xent losses and InfoNCE losses, the mean over both sides, with all
        points of the other side and all others of the own side as candidates.
    sum_error: relative difference of the NT-Xent losses, and CLIP's plus the mean of both terms.
    excess: smallest difference of the NT-Xent loss of a pair less that of CLIP.
    clip_difference: relative difference of both losses.
    one_difference: of the NT-Xent losses and CLIP's plus the terms of images alone, halved.
    self_difference: of the NT-Xent losses and the sum, if an image is among the candidates for itself.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.attention.clip import CLIP
from implementations.claims.agreement import difference
from implementations.concepts.loss.info_nce_loss import InfoNCELoss
from implementations.concepts.loss.nt_xent_loss import NTXentLoss

PAIRS, WORDS = 5, 6


@torch.no_grad()
def run(seed: int) -> dict[str, float]:
    """Compare both losses.

    Args:
        seed: Seed of images, texts and weights.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    clip = CLIP(vocabulary=WORDS).double()
    for parameter in clip.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
    inputs = {name: x.double() for name, x in clip.example_inputs(generator, B=PAIRS, K=PAIRS).items()}
    own = torch.arange(PAIRS)
    loss = clip.contrastive_loss(generator=generator, target=own, **inputs)
    u, v = (F.normalize(x, dim=1) for x in (clip.image_tower(inputs["image"]), clip.text_tower(inputs["text"])))
    views = torch.stack([u, v], 1).flatten(0, 1)  # image, its text, the next image, ...
    scale = clip.scale.exp()
    whole = NTXentLoss(temperature=1 / scale.item())(views).view(PAIRS, 2).mean(1)
    images, texts = term(u, v, scale), term(v, u, scale)
    with_itself = (term(u, v, scale, itself=True) + term(v, u, scale, itself=True)) / 2
    return {
        "candidates_error": difference((recognised(u, v, scale) + recognised(v, u, scale)) / 2, whole),
        "sum_error": difference(loss + (images + texts) / 2, whole),
        "excess": (whole - loss).min().item(),
        "clip_difference": difference(loss, whole),
        "one_difference": difference(loss + images / 2, whole),
        "self_difference": difference(loss + with_itself, whole),
    }


def recognised(points: Tensor, partners: Tensor, scale: Tensor) -> Tensor:
    """Return the InfoNCE loss of each point, with its partner as the right one of the candidates of both sides."""
    others = ~torch.eye(len(points), dtype=torch.bool)
    own_side = (scale * points @ points.T)[others].view(len(points), -1)
    return InfoNCELoss()(torch.cat([scale * points @ partners.T, own_side], 1), torch.arange(len(points)))


def term(points: Tensor, partners: Tensor, scale: Tensor, itself: bool = False) -> Tensor:
    """Return the term of each point.

    Args:
        points: Unit vectors of one side.
        partners: Those of the other side.
        scale: What cosines are multiplied by.
        itself: Whether a point is among its candidates.
    """
    same = scale * points @ points.T
    if not itself:
        same = same.fill_diagonal_(-torch.inf)
    return F.softplus(same.logsumexp(1) - (scale * points @ partners.T).logsumexp(1))
