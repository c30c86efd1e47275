"""Pictures of a training: the learning curve, and the images among its samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from kb import files
from kb.running.samples import Sample

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#0f6f8f", "#b4521e", "#4b7f2a")


def drawn(losses: Mapping[str, list[float]], caption: str, kind: str = "png") -> bytes:
    """Return the learning curve as a picture: the loss of every step, and its running mean.

    Args:
        losses: By objective, the loss of every step.
        caption: The result in one line.
        kind: The format.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    for (name, met), colour in zip(losses.items(), COLOURS, strict=False):
        several = f"{name}: " if len(losses) > 1 else ""
        steps = range(1, len(met) + 1)
        axes.plot(steps, met, color=colour, alpha=0.25, label=f"{several}loss of each batch".replace("_", " "))
        axes.plot(steps, _running_mean(met), color=colour, label=f"{several}running mean".replace("_", " "))
    axes.set(xlabel="step", ylabel="training loss", title=caption.replace(": ", "\n", 1))
    axes.title.set_fontsize("medium")
    every = [loss for met in losses.values() for loss in met]
    if 0 < 10 * min(every) < max(every):  # over less than a decade, log ticks are hard to read
        axes.set_yscale("log")
    axes.legend()
    return _saved(figure, kind)


def save_images(samples: Sequence[Sample], path: Path) -> None:
    """Save the images of samples side by side, a column for each sample.

    Args:
        samples: What is shown.
        path: The picture; its ending says of which format.

    Raises:
        ValueError: There is no image among them.
    """
    from matplotlib.figure import Figure

    columns = [[(name, v) for name, v in sample.items() if isinstance(v, Tensor)] for sample in samples]
    rows = max(map(len, columns), default=0)
    if not rows:
        raise ValueError("there are no images to save: the task is not about images")
    figure = Figure(figsize=(1.6 * len(columns), 1.9 * rows), layout="constrained")
    for position, images in enumerate(columns):
        for row, (name, image) in enumerate(images):
            axes = figure.add_subplot(rows, len(columns), row * len(columns) + position + 1)
            pixels = image if image.dim() == 3 else image.expand(3, -1, -1)
            axes.imshow(pixels.nan_to_num().clamp(0, 1).permute(1, 2, 0).numpy())
            axes.set_title(name, fontsize="small")
            axes.set_axis_off()
    files.write(path, _saved(figure, path.suffix[1:].lower()))


def _saved(figure: Figure, kind: str) -> bytes:
    picture = BytesIO()
    figure.savefig(picture, format=kind, dpi=150)
    return picture.getvalue()


def _running_mean(values: list[float]) -> list[float]:
    """Return means over the last fortieth of the run: wide enough to be smooth, narrow enough to show where it fell."""
    width = max(1, len(values) // 40)
    windows = (values[max(0, end - width) : end] for end in range(1, len(values) + 1))
    return [sum(window) / len(window) for window in windows]
