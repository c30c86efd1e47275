"""Some of what a trained network wrote, drew or predicted, for people to look at.

How an example of a task is shown is said by the file of the task: its function `examples(task, module, count)` returns
texts and images by what they are called. Where there is none, numbers are shown beside the target.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

import torch
from torch import Tensor, nn

from kb.characters import printable
from kb.running.scoring import Scoring

COUNT = 4
NUMBERS = 4
"""How many numbers of an example are shown."""
LABEL, GAP, WIDTH = 14, 3, 88
"""Columns of a terminal: of what stands before a line, between examples, and for all of them."""

Sample = dict[str, str | Tensor]
"""An example: texts, and images `[H, W]` or `[3, H, W]` with values from 0 to 1, by what they are called."""


def of(task: Scoring, module: nn.Module, count: int = COUNT) -> list[Sample]:
    """Return a few examples, as the task shows them."""
    shown: Callable[..., list[Sample]] = getattr(sys.modules[type(task).__module__], "examples", _numbers)
    module.eval()
    with torch.no_grad():
        return shown(task, module, count)


def _numbers(task: Scoring, module: nn.Module, count: int) -> list[Sample]:
    """Show the first numbers of targets and of the one output that has their shape."""
    inputs, target = task.test()
    outputs = module(**inputs)
    like = [each for each in ([outputs] if isinstance(outputs, Tensor) else outputs) if each.shape == target.shape]
    if len(like) != 1 or not target.is_floating_point():
        return []
    pairs = zip(target[:count], like[0][:count], strict=True)
    return [{"target": _line(expected), "output": _line(found)} for expected, found in pairs]


def _line(values: Tensor) -> str:
    flat = values.flatten().tolist()
    return "  ".join(f"{value:.3g}" for value in flat[:NUMBERS]) + (" ..." if len(flat) > NUMBERS else "")


def lines(samples: Sequence[Sample]) -> list[str]:
    """Return examples as lines of text, images as blocks of grey: those with images side by side, others one by one."""
    cells = [{name: _cell(value) for name, value in sample.items()} for sample in samples]
    widest = max((len(line) for sample in cells for cell in sample.values() for line in cell), default=0)
    together = max(1, WIDTH // (widest + GAP)) if any(isinstance(v, Tensor) for s in samples for v in s.values()) else 1
    shown = []
    for first in range(0, len(cells), together):
        row = cells[first : first + together]
        for name in row[0]:
            for number, parts in enumerate(zip_longest(*(sample[name] for sample in row), fillvalue="")):
                label = "" if number else name
                shown.append(f"{label:{LABEL}}" + "".join(f"{part:{widest + GAP}}" for part in parts).rstrip())
        shown.append("")
    return shown


def _cell(value: str | Tensor) -> list[str]:
    return _blocks(value) if isinstance(value, Tensor) else [printable(value)]


def _blocks(image: Tensor) -> list[str]:
    """Return an image as rows of characters, two wide, that are the darker the darker a pixel."""
    grey = (image.amax(0) if image.dim() == 3 else image).nan_to_num().clamp(0, 1)
    shades = " ░▒▓█"
    return ["".join(2 * shades[round(value * (len(shades) - 1))] for value in row) for row in grey.tolist()]


def as_rows(samples: Sequence[Sample]) -> list[dict[str, Any]]:
    """Return examples as JSON-ready dictionaries, images as rows of numbers."""
    return [
        {name: v if isinstance(v, str) else _rounded(v.tolist()) for name, v in sample.items()} for sample in samples
    ]


def _rounded(values: Any) -> Any:
    return round(values, 3) if isinstance(values, float) else [_rounded(each) for each in values]
