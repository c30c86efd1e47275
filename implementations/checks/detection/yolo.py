"""Exact checks of YOLO."""

import torch
from torch import nn
from torch.nn import functional as F

from implementations.architectures.detection.yolo import YOLO, best_of_each_class
from implementations.claims.agreement import difference
from implementations.concepts.loss.grid_detection_loss import overlap

FIGURE = [
    *["7x7x64-s-2", "max"],
    *["3x3x192", "max"],
    *["1x1x128", "3x3x256", "1x1x256", "3x3x512", "max"],
    *["1x1x256", "3x3x512"] * 4,
    *["1x1x512", "3x3x1024", "max"],
    *["1x1x512", "3x3x1024"] * 2,
    *["3x3x1024", "3x3x1024-s-2"],
    *["3x3x1024", "3x3x1024"],
]
"""Layers of figure 3; a maximum is over 2x2 positions, with a stride of 2."""


def layers_are_those_of_the_figure(generator: torch.Generator) -> float:
    """Return the difference from the layers of figure 3 one by one, with a 64th of the channels."""
    net = YOLO(grid=2, width=1, blocks=(4, 2)).double()
    x = net.example_inputs(generator)["x"].double()
    found, weights = net(x), iter(net.state_dict().values())
    for layer in FIGURE:
        if layer == "max":
            x = F.max_pool2d(x, 2)
            continue
        size, _, channels, *stride = layer.replace("-s-", "x").split("x")
        weight, bias = next(weights), next(weights)
        if weight.shape[0] != int(channels) // 64 or weight.shape[2] != int(size):
            return float("inf")
        x = F.conv2d(x, weight, bias, stride=2 if stride else 1, padding=int(size) // 2)
        x = torch.where(x > 0, x, 0.1 * x)
    first, first_bias, last, last_bias = weights
    hidden = F.linear(x.flatten(1), first, first_bias)
    cells = F.linear(torch.where(hidden > 0, hidden, 0.1 * hidden), last, last_bias).view(2, 2, 2, 13)
    expected = cells[..., [0, 1, 2, 3, 5, 6, 7, 8]].view(2, 2, 2, 2, 4), cells[..., [4, 9]], cells[..., 10:]
    return max(difference(ours, theirs) for ours, theirs in zip(found, expected, strict=True))


def worse_duplicates_fall(generator: torch.Generator) -> float:
    """Return 0 where of 60 boxes those stay that overlap no better one of their class that stays, for three limits."""
    boxes = 0.2 + 0.6 * torch.rand(60, 4, generator=generator, dtype=torch.float64)
    labels, scores = torch.randint(0, 3, (60,), generator=generator), torch.rand(60, generator=generator)
    wrong = 0
    for most in (0.1, 0.3, 0.6):
        kept = best_of_each_class(boxes, labels, scores, most).tolist()
        wrong += kept != sorted(kept, key=lambda place: -float(scores[place]))
        for place in range(60):
            rivals = [each for each in kept if labels[each] == labels[place] and scores[each] > scores[place]]
            overlaps = [float(overlap(boxes[each], boxes[place])) for each in rivals]
            wrong += (place in kept) != all(each <= most for each in overlaps)
    return float(wrong)


def detections_are_the_best_of_their_neighbours(generator: torch.Generator) -> float:
    """Return the difference of scores from products, and 1 where a box should have stayed or fallen, one by one."""
    net = YOLO(grid=2, boxes=4).double().eval()
    with torch.no_grad():
        for parameter in net.head[4].parameters():
            nn.init.normal_(parameter, generator=generator)
    x = net.example_inputs(generator)["x"].double()
    boxes, confidences, classes = (each.detach() for each in net(x))
    wrong, errors = 0, []
    for image, found in enumerate(net.detect(x, least=0.05, most=0.1)):
        candidates = []
        for row in range(2):
            for column in range(2):
                for box in range(4):
                    px, py, s, t = boxes[image, row, column, box].tolist()
                    for label in range(3):
                        score = float(confidences[image, row, column, box] * classes[image, row, column, label])
                        if score >= 0.05:
                            candidates.append((score, label, [(column + px) / 2, (row + py) / 2, s * s, t * t]))
        stay: list[tuple[float, int, list[float]]] = []
        for score, label, box in sorted(candidates, reverse=True):
            others = [other for _, other_label, other in stay if other_label == label]
            if all(float(overlap(torch.tensor(box), torch.tensor(other))) <= 0.1 for other in others):
                stay.append((score, label, box))
        wrong += found.labels.tolist() != [label for _, label, _ in stay]
        expected = torch.tensor([[score, *box] for score, _, box in stay], dtype=torch.float64)
        errors.append(difference(torch.cat([found.scores[:, None], found.boxes], 1), expected))
    return max(float(wrong), *errors)
