"""Digit pixels: the digit of an image that is given as a set of pixels, each with a code of where it is.

Source: the images of the task `digits`; inputs of this kind are those of the Perceiver, Jaegle et al. 2021, sec. 3.2
(jaegle2021perceiver). The code is that of Mildenhall et al. 2020, eq. 4 (mildenhall2020nerf).

Equations:
    x_rc = (grey value, p, q, code(p), code(q)),  p = 2 r / 7 - 1,  q = 2 c / 7 - 1      row r and column c

Shapes: B images, T = 64 pixels, F = 11 features of a pixel.
"""

import torch
from torch import Tensor

from implementations.concepts.position_code.frequency_encoding import FrequencyEncoding
from implementations.concepts.task.digits import Digits, examples
from kb.guards import checked_arguments

__all__ = ["DigitPixels", "examples"]
FREQUENCIES = 2


class DigitPixels(Digits):
    """Classify digits, whose pixels have no order.

    Args:
        generator: Draws the batches.
        batch_size: Images of a batch.

    Example:
        >>> inputs, labels = DigitPixels(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["x"].shape, labels.shape
        (torch.Size([64, 64, 11]), torch.Size([64]))
    """

    steps, learning_rate = 150, 1e-2

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 64) -> None:
        super().__init__(generator=generator, batch_size=batch_size)
        side = torch.linspace(-1, 1, 8)
        places = torch.cartesian_prod(side, side)
        self.codes = torch.cat([places, FrequencyEncoding(frequencies=FREQUENCIES)(places)], 1)  # [64, 10]

    def _inputs(self, images: Tensor) -> dict[str, Tensor]:
        return {"x": torch.cat([images[:, :, None], self.codes.expand(len(images), -1, -1)], 2)}
