"""Exact check of the scales of the normaliser-free network."""

import numpy as np
import torch

from implementations.architectures.convolutional.nfnet import predicted_scales
from implementations.claims.agreement import difference


def variances_add_up(generator: torch.Generator) -> float:
    """Return the largest difference between predicted variances and those of sums of independent branches.

    The branches are orthogonal columns of mean zero and variance one, for which variances add up exactly. The first
    block of a stage replaces the shortcut by a branch of variance one.
    """
    blocks, alpha, count = (2, 3), 0.3, 64
    drawn = torch.randn(count, 12, generator=generator, dtype=torch.float64)
    columns = iter(np.sqrt(count) * torch.linalg.qr(drawn - drawn.mean(0)).Q.T)
    signal, found, predicted = next(columns), [], []
    for _, position, beta in predicted_scales(blocks, alpha):
        found.append((signal / beta).var(correction=0))
        predicted.append(torch.ones((), dtype=torch.float64))
        shortcut = next(columns) if position == 0 else signal
        signal = shortcut + alpha * next(columns)
    return difference(torch.stack(found), torch.stack(predicted))
