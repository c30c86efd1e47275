"""torchvision, whose models are the peers of many convolutional networks."""

import sys
from types import ModuleType

import torch

_operators: list[torch.library.Library] = []
"""Keeps the stand-ins below registered for as long as the process lives."""


def import_torchvision() -> ModuleType:
    """Import torchvision, also with a CPU build of torch for which the operators of its wheel cannot be loaded.

    Such a wheel fails on import because two operators are not registered. None of its models uses them, so stand-ins
    without an implementation are enough. Where torchvision can be imported normally, this has no effect.
    """
    try:
        import torchvision
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")
        for operator in ("nms", "qnms"):
            library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _operators.append(library)
        import torchvision
    return torchvision
