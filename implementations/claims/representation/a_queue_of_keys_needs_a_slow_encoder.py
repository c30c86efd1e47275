"""Experiment: what does the momentum of the encoder of keys matter to MoCo, and is it the queue that needs it?

Source: He et al. 2020 (he2020momentum), sec. 4.1, the ablation of the momentum.

Method: MoCo, with the sizes of its variant for digit views, is trained on these for 400 steps, with momentum 0.99, and
with 0, where the encoder of keys is a copy of the encoder in every step. A third network has momentum 0 too, but
compares queries with the keys of their own batch instead of the queue. All have the same first weights and batches. The
score is that of the task: the share of test images whose nearest neighbour, by the cosine of the outputs, is of the
same digit. It is the mean of ten scores, one every 20 steps of the last 200: copies learn so unsteadily that the score
of a single step depends on how a processor rounds.

Measures:
    slow, copied: scores with the queue, for the momenta 0.99 and 0.
    batch: score with momentum 0 and the keys of the batch.
    pixels: score of the pixels.
    gain: slow - pixels.
    copied_ratio: copied / slow.
    batch_ratio: batch / slow.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from implementations.architectures.self_supervised.moco import MoCo
from implementations.claims.precision import double_precision
from implementations.concepts.image_task.digit_views import DigitViews
from kb.training import descend

SLOW, COPIED = 0.99, 0.0
FIRST, EVERY, SCORES = 200, 20, 10  # steps before the first score, between two of them, and how many scores


@double_precision()
def run(seed: int) -> dict[str, float]:
    """Train all three networks.

    Args:
        seed: Seed of weights and batches.

    Returns:
        The measures that the module lists.
    """
    slow, copied = score(SLOW, seed), score(COPIED, seed)
    batch = score(COPIED, seed, queue=False)
    pixels = task_of(seed).baseline()
    return {
        "slow": slow,
        "copied": copied,
        "batch": batch,
        "pixels": pixels,
        "gain": slow - pixels,
        "copied_ratio": copied / slow,
        "batch_ratio": batch / slow,
    }


def task_of(seed: int) -> DigitViews:
    """Return the task with images in double precision."""
    task = DigitViews(generator=torch.Generator().manual_seed(seed))
    task.images = task.images.double()
    return task


def score(momentum: float, seed: int, *, queue: bool = True) -> float:
    """Train a network, and return the mean of the scores of its outputs for the test images."""
    torch.manual_seed(seed)
    net = MoCo(width=8, in_channels=1, features=16, keys=256, momentum=momentum, temperature=0.1, small=True)
    task, generator = task_of(seed), torch.Generator()

    def loss() -> Tensor:
        inputs, _ = task.batch()
        if queue:
            return net.contrastive_loss(generator=generator, **inputs).mean()
        return loss_within_the_batch(net, inputs["x"])

    optimiser, scores = torch.optim.Adam(net.parameters(), lr=task.learning_rate), []
    descend(optimiser, loss, steps=FIRST)
    inputs, target = task.test()
    for _ in range(SCORES):
        descend(optimiser, loss, steps=EVERY)
        with torch.no_grad():
            scores.append(task.score(net.eval()(inputs["x"].double()), target))
        net.train()
    return sum(scores) / SCORES


def loss_within_the_batch(net: MoCo, x: Tensor) -> Tensor:
    """Return the mean loss of queries whose candidates are the keys of all images of the batch."""
    net.momentum_encoder.follow(net.encoder, 1 - net.momentum)
    q, k = F.normalize(net(x[0::2]), dim=1), F.normalize(net.momentum_encoder(x[1::2]), dim=1)
    return net.contrast(q @ k.T / net.temperature, torch.arange(len(q))).mean()
