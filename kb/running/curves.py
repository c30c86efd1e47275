"""The picture of a learning curve."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from kb import files
from kb.running.trained import Training, caption

COLOURS = ("#0f6f8f", "#b4521e", "#4b7f2a")


def save_curve(training: Training, path: Path) -> None:
    """Save the learning curve as a picture: the loss of every step, and its running mean.

    Args:
        training: What was trained.
        path: The picture; its ending says of which format.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.add_subplot()
    for (name, losses), colour in zip(training.losses.items(), COLOURS, strict=False):
        several = f"{name}: " if len(training.losses) > 1 else ""
        steps = range(1, len(losses) + 1)
        axes.plot(steps, losses, color=colour, alpha=0.25, label=f"{several}loss of each batch".replace("_", " "))
        axes.plot(steps, _running_mean(losses), color=colour, label=f"{several}running mean".replace("_", " "))
    axes.set(xlabel="step", ylabel="training loss", title=caption(training).replace(": ", "\n", 1))
    axes.title.set_fontsize("medium")
    every = [loss for losses in training.losses.values() for loss in losses]
    if 0 < 10 * min(every) < max(every):  # over less than a decade, log ticks are hard to read
        axes.set_yscale("log")
    axes.legend()
    picture = BytesIO()
    figure.savefig(picture, format=path.suffix[1:].lower(), dpi=150)
    files.write(path, picture.getvalue())


def _running_mean(values: list[float]) -> list[float]:
    """Return means over the last fortieth of the run: wide enough to be smooth, narrow enough to show where it fell."""
    width = max(1, len(values) // 40)
    windows = (values[max(0, end - width) : end] for end in range(1, len(values) + 1))
    return [sum(window) / len(window) for window in windows]
