"""Running architectures: one pass forward and backward, or training on the task of an entry. This imports torch."""

from kb.running.curves import save_images
from kb.running.once import Output, Pass, run_once
from kb.running.scoring import Score
from kb.running.trained import CLEAR_MARGIN, Training, caption, save_curve, train

__all__ = [
    "CLEAR_MARGIN",
    "Output",
    "Pass",
    "Score",
    "Training",
    "caption",
    "run_once",
    "save_curve",
    "save_images",
    "train",
]
