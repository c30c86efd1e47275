"""torchvision's functions of boxes, also with a CPU build of torch, for which the wheel's operators cannot be loaded.

`roi_align` then runs in the library's own Python, which it would compile first. `nms` has no such form: a loop stands
in for this one function, so that the code around it can be compared.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import torch
from torch import Tensor

from implementations.peers.torchvision_models import import_torchvision


@contextmanager
def operators() -> Iterator[None]:
    """Let `nms` and `roi_align` run inside the library; where its operators can be loaded, this has no effect."""
    library = import_torchvision()
    if library.extension._has_ops():
        yield
        return
    with (
        patch.object(sys.modules["torchvision.ops.boxes"], "nms", greedy),
        patch.object(sys.modules["torchvision.ops.roi_align"], "_roi_align", roi_align_in_python()),
    ):
        yield


def roi_align_in_python() -> Callable[..., Tensor]:
    """Return the library's ROI align as it was before it is compiled, which has gradients of boxes too."""
    import_torchvision()
    found: Callable[..., Tensor] = sys.modules["torchvision.ops.roi_align"]._roi_align
    return found.__wrapped__


def greedy(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Return the numbers of the boxes that are kept, the best first: each removes the worse ones that overlap."""
    overlaps = import_torchvision().ops.box_iou(boxes, boxes)
    left, kept = scores.argsort(dim=0, descending=True, stable=True).tolist(), []
    while left:
        best, *others = left
        kept.append(best)
        left = [each for each in others if not overlaps[best, each] > iou_threshold]
    return torch.tensor(kept, dtype=torch.long)
