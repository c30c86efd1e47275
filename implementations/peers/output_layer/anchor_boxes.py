"""Peer of anchor boxes: torchvision's, and its decoding of offsets."""

from collections.abc import Callable, Sequence

from torch import Tensor

from implementations.peers.torchvision_models import import_torchvision

SIZES = {
    "published": {"sides": [128.0, 256.0, 512.0], "stride": 16},
    "one": {"sides": [33.0], "proportions": [1.0], "P": 1},
}


def peer(*, sides: Sequence[float], proportions: Sequence[float], stride: int) -> Callable[..., Tensor]:
    """Return the peer as a function of our weights."""
    detection = import_torchvision().models.detection
    generator = detection.anchor_utils.AnchorGenerator((tuple(sides),), (tuple(proportions),))
    coder = detection._utils.BoxCoder((1.0, 1.0, 1.0, 1.0))

    def theirs(weights: dict[str, Tensor], predicted: Tensor) -> Tensor:
        generator.set_cell_anchors(predicted.dtype, predicted.device)
        (anchors,) = generator.grid_anchors([list(predicted.shape[2:])], [[stride, stride]])
        offsets, _ = detection.rpn.concat_box_prediction_layers([predicted[:, ::4]], [predicted])[::-1]
        found: Tensor = coder.decode(offsets, [anchors] * len(predicted))
        return found.reshape(len(predicted), -1, 4)

    return theirs
