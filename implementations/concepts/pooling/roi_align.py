"""ROI align: the part of a map within a box, resampled to a grid of a fixed size.

Source: He et al. 2017, "Mask R-CNN", sec. 3 and Fig. 3 (he2017mask); in a pyramid: Lin et al. 2017, eq. 1
(lin2017feature).

Equations:
    a box is divided into S x S cells, and each cell into n x n squares
    y[c, i, j] = mean over the squares of cell i, j of x[c] at the square's centre
    x[c] at a place between positions: bilinear interpolation; outside of the map: its nearest place inside
    k = floor(2 + log2(sqrt(w h) / s))          which of several maps, from 0 on: of a box of width w and height h

Shapes: B images, C channels, P x Q positions of the map, N boxes, S x S cells.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional as F

from kb.guards import checked_arguments, checked_inputs


class ROIAlign(nn.Module):
    """Resamples boxes, which may have any corners: nothing is rounded.

    Args:
        cells: Rows and columns S of the result.
        samples: Rows and columns n of the places of each cell.
        centred: Whether the first pixel covers 0 to 1, so that its centre is at 1/2. Otherwise, as in the first
            implementations, its centre is at 0, and boxes are at least one pixel wide and high.

    Example:
        >>> x = torch.arange(4.0).expand(1, 1, 2, 4)
        >>> box, image = torch.tensor([[1.0, 0.0, 3.0, 2.0]]), torch.tensor([0])
        >>> ROIAlign(cells=2, samples=1)(x, box, image)
        tensor([[[[1., 2.],
                  [1., 2.]]]])
    """

    @checked_arguments()
    def __init__(self, *, cells: int = 2, samples: int = 2, centred: bool = True) -> None:
        super().__init__()
        self.cells, self.samples, self.centred = cells, samples, centred

    @checked_inputs(image="B")
    def forward(
        self, x: Float[Tensor, "B C P Q"], boxes: Float[Tensor, "N 4"], image: Int[Tensor, " N"]
    ) -> Float[Tensor, "N C S S"]:
        """Return the cells of boxes, each in one of the images, given by two opposite corners in pixels of the map."""
        return self.of_maps([x], boxes, image, torch.zeros_like(image))

    def of_maps(
        self, maps: Sequence[Tensor], boxes: Float[Tensor, "N 4"], image: Int[Tensor, " N"], which: Int[Tensor, " N"]
    ) -> Float[Tensor, "N C S S"]:
        """Return the cells of boxes, each in one of several maps, whose pixels its corners are given in."""
        table = torch.cat([each.permute(0, 2, 3, 1).flatten(0, 2) for each in maps])  # [positions, C]
        sizes = torch.tensor([each.shape[2:] for each in maps], device=image.device)
        starts = F.pad(len(maps[0]) * sizes.prod(1), (1, 0)).cumsum(0)  # of each map in the table
        start, end = (boxes - self.centred / 2)[:, [1, 0, 3, 2]].chunk(2, 1)  # [N, 2]: row, column
        size = end - start if self.centred else (end - start).clamp(min=1)
        number = self.cells * self.samples
        share = (torch.arange(number, dtype=boxes.dtype, device=boxes.device) + 0.5) / number
        places = start[..., None] + size[..., None] * share  # [N, 2, S n]
        rows, columns = sizes[which, :, None].unbind(1)  # [N, 1]
        first = starts[which, None, None] + image[:, None, None] * (rows * columns)[..., None]
        (above, below, down), (left, right, along) = (
            neighbours(place, limit) for place, limit in zip(places.unbind(1), (rows, columns), strict=True)
        )

        def line(row: Tensor) -> Tensor:
            """Return values on rows of the map, at all columns of places."""
            begin = first + (row * columns)[..., None]  # [N, S n, 1]
            return torch.lerp(table[begin + left[:, None]], table[begin + right[:, None]], along[:, None, :, None])

        values = torch.lerp(line(above), line(below), down[..., None, None])  # [N, S n, S n, C]
        return F.avg_pool2d(values.permute(0, 3, 1, 2), self.samples)

    def example_inputs(
        self, generator: torch.Generator, *, B: int = 2, P: int = 5, Q: int = 4, N: int = 3
    ) -> dict[str, Tensor]:
        """Return random maps and boxes; the first box reaches beyond the map."""
        corner = 2 * torch.rand(N, 2, generator=generator)
        boxes = torch.cat([corner, corner + 0.5 + 2 * torch.rand(N, 2, generator=generator)], 1)
        boxes[0, 2:] = 7
        image = torch.randint(0, B, (N,), generator=generator)
        return {"x": torch.randn(B, 3, P, Q, generator=generator), "boxes": boxes, "image": image}


class PyramidROIAlign(ROIAlign):
    """The same in a pyramid of maps, each twice as coarse as the one before: every box on the map that fits its size.

    Args:
        cells: Rows and columns S of the result.
        size: Side of a square that belongs to the third map, in pixels; one that is half as large, to the second.
        strides: Pixels between two positions of each map.
    """

    def __init__(self, *, cells: int, size: int, strides: Sequence[int]) -> None:
        super().__init__(cells=cells, centred=False)
        self.size, self.strides = size, list(strides)

    def forward(self, maps: Sequence[Tensor], boxes: Float[Tensor, "B N 4"]) -> Float[Tensor, "R C S S"]:
        """Return the cells of all boxes of all images, one after another; corners are in pixels of the image."""
        image = torch.arange(len(boxes), device=boxes.device).repeat_interleave(boxes.shape[1])
        box = boxes.flatten(0, 1)
        side = (box[:, 2:] - box[:, :2]).prod(1).sqrt()
        limits = self.size * 2.0 ** torch.arange(-1, len(self.strides) - 2, device=box.device)
        level = torch.bucketize(side, limits.to(side), right=True)
        strides = torch.tensor(self.strides, device=box.device)[level, None]
        return self.of_maps(maps[: len(self.strides)], box / strides, image, level)


def neighbours(place: Float[Tensor, "N R"], size: Int[Tensor, "N 1"]) -> tuple[Tensor, Tensor, Tensor]:
    """Return the pixels on both sides of places, and where each place is between them: from 0 to 1."""
    place = torch.minimum(torch.where(place > 0, place, 0), size.to(place) - 1)
    low = place.floor().long()
    return low, low + (low < size - 1), place - low
