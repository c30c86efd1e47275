"""Peer of ROI align: torchvision's, in its Python form, which has gradients of boxes."""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.peers.torchvision_boxes import roi_align_in_python

SIZES = {
    "many-samples": {"cells": 3, "samples": 4, "N": 7},
    "not-centred": {"cells": 3, "samples": 1, "centred": False},
}  # fmt: skip


def peer(*, cells: int, samples: int, centred: bool) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    align = roi_align_in_python()

    def theirs(weights: dict[str, Tensor], x: Tensor, boxes: Tensor, image: Tensor) -> Tensor:
        return align(x, torch.cat([image[:, None].to(x), boxes], 1), 1.0, cells, cells, samples, centred)

    return theirs
