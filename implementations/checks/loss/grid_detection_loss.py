"""Exact checks of the grid detection loss."""

import torch
from torch import Tensor

from implementations.claims.agreement import difference
from implementations.concepts.loss.grid_detection_loss import GridDetectionLoss, decode, encode, overlap


def cell_by_cell(generator: torch.Generator) -> float:
    """Return the difference from equation 3 in loops over images, cells and boxes."""
    inputs = _doubled(generator)
    boxes, confidences, classes, labels, objects = inputs.values()
    expected = torch.zeros(len(boxes), dtype=torch.float64)
    for b in range(len(boxes)):
        for row in range(3):
            for column in range(2):
                inside = [
                    m
                    for m, (x, y, _, _) in enumerate(objects[b].tolist())
                    if labels[b, m] < 3 and column <= 2 * x < column + 1 and row <= 3 * y < row + 1
                ]
                best, overlaps, distances = None, [], []
                if inside:
                    x, y, w, h = objects[b, inside[0]]
                    for px, py, s, t in boxes[b, row, column]:
                        ours = torch.stack([(column + px) / 2, (row + py) / 3, s**2, t**2])
                        overlaps.append(_share(ours.tolist(), [x, y, w, h]))
                        distances.append(float((ours - objects[b, inside[0]]).norm()))
                    some = max(overlaps) > 0
                    best = overlaps.index(max(overlaps)) if some else distances.index(min(distances))
                    px, py, s, t = boxes[b, row, column, best]
                    expected[b] += 5 * ((px - (2 * x - column)) ** 2 + (py - (3 * y - row)) ** 2)
                    expected[b] += 5 * ((s - w.sqrt()) ** 2 + (t - h.sqrt()) ** 2)
                    for c in range(3):
                        expected[b] += (classes[b, row, column, c] - float(labels[b, inside[0]] == c)) ** 2
                for box in range(2):
                    confidence = confidences[b, row, column, box]
                    if box == best:
                        expected[b] += (confidence - overlaps[box]) ** 2
                    else:
                        expected[b] += 0.5 * confidence**2
    return difference(GridDetectionLoss()(**inputs), expected)


def decoded_boxes_are_the_objects(generator: torch.Generator) -> float:
    """Return the difference of objects from boxes that are encoded, put into their cells, and decoded."""
    objects = torch.rand(40, 4, generator=generator, dtype=torch.float64)
    cells, encoded = encode(objects, 7, 5)
    outside = torch.relu(encoded[:, :2] - 1) + torch.relu(-encoded[:, :2])
    grid = torch.zeros(40, 7, 5, 1, 4, dtype=torch.float64)
    for number, (row, column) in enumerate(cells.tolist()):
        grid[number, row, column, 0] = encoded[number]
    found = torch.stack(
        [decode(each)[row, column, 0] for each, (row, column) in zip(grid, cells.tolist(), strict=True)]
    )
    return max(difference(found, objects), float(outside.max()))


def perfect_predictions_have_no_loss(generator: torch.Generator) -> float:
    """Return the loss, and the largest gradient, of the objects themselves as predictions, with the others at zero."""
    objects = torch.tensor([[[0.1, 0.2, 0.3, 0.5], [0.9, 0.7, 0.2, 0.2]]], dtype=torch.float64)
    objects = objects + 0.05 * torch.rand(1, 2, 4, generator=generator, dtype=torch.float64)
    labels = torch.randint(0, 3, (1, 2), generator=generator)
    predictions = [torch.zeros(1, 3, 2, *rest, dtype=torch.float64) for rest in ((2, 4), (2,), (3,))]
    cells, encoded = encode(objects[0], 3, 2)
    for box, label, (row, column) in zip(encoded, labels[0], cells.tolist(), strict=True):
        predictions[0][0, row, column, 1] = box
        predictions[1][0, row, column, 1] = 1
        predictions[2][0, row, column, label] = 1
    predictions = [each.requires_grad_() for each in predictions]
    loss = GridDetectionLoss()(*predictions, labels, objects).sum()
    gradients = torch.autograd.grad(loss, predictions)
    return max(loss.item(), *(float(each.abs().max()) for each in gradients))


def boxes_of_a_cell_can_be_exchanged(generator: torch.Generator) -> float:
    """Return by how much the loss changes when all cells exchange their two boxes."""
    inputs = _doubled(generator)
    exchanged = inputs | {"boxes": inputs["boxes"].flip(3), "confidences": inputs["confidences"].flip(3)}
    return difference(GridDetectionLoss()(**exchanged), GridDetectionLoss()(**inputs))


def overlap_of_squares(generator: torch.Generator) -> float:
    """Return the difference from the count of unit squares in both boxes, and in one of them, of random boxes."""
    corners = torch.randint(0, 9, (2, 20, 2, 2), generator=generator).sort(2).values  # [box, number, end, axis]
    corners[:, :, 1] += 1
    boxes = torch.cat([corners.double().mean(2), (corners[:, :, 1] - corners[:, :, 0]).double()], 2)
    expected = []
    for first, second in zip(*corners.tolist(), strict=True):
        squares = [
            {(x, y) for x in range(start[0], end[0]) for y in range(start[1], end[1])} for start, end in (first, second)
        ]
        expected.append(len(squares[0] & squares[1]) / len(squares[0] | squares[1]))
    return difference(overlap(*boxes), torch.tensor(expected, dtype=torch.float64))


def _share(first: list[float], second: list[Tensor]) -> float:
    """Return the intersection over union of two boxes, side by side."""
    sides, areas = [], [first[2] * first[3], float(second[2] * second[3])]
    for axis in range(2):
        low = max(box[axis] - box[axis + 2] / 2 for box in (first, second))
        high = min(box[axis] + box[axis + 2] / 2 for box in (first, second))
        sides.append(max(float(high - low), 0.0))
    return sides[0] * sides[1] / (sum(areas) - sides[0] * sides[1])


def _doubled(generator: torch.Generator) -> dict[str, Tensor]:
    inputs = GridDetectionLoss().example_inputs(generator, B=6)
    return {name: value if name == "labels" else value.double() for name, value in inputs.items()}
