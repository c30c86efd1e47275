"""Exact relation: without its masks, a Mask R-CNN is the Faster R-CNN with the same weights.

Source: He et al. 2017, "Mask R-CNN", sec. 3 (he2017mask).

Method: a Faster R-CNN gets the weights of a random Mask R-CNN, whose mask branch then gets others. Outputs are compared
in training mode, and gradients of a random projection of them with respect to all shared weights. Then masks are added
to the projection.

Measures:
    agreement_error: largest relative difference of classes, boxes, proposals and anchors.
    gradient_error: relative difference of the gradients of all shared weights, in a row.
    mask_loss_difference: the difference of gradients of the pyramid, where masks are in the projection.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from implementations.architectures.detection.faster_r_cnn import FasterRCNN
from implementations.architectures.detection.mask_r_cnn import MaskRCNN
from implementations.claims.agreement import difference


def run(seed: int) -> dict[str, float]:
    """Compare a detector with and without a mask branch.

    Args:
        seed: Seed of weights, images and projections.

    Returns:
        The measures that the module lists.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        generator = torch.Generator().manual_seed(seed)
        whole, alone = MaskRCNN().double(), FasterRCNN(proposals=6).double()
        alone.load_state_dict(whole.detector.state_dict())
        with torch.no_grad():
            for parameter in whole.mask_head.parameters():
                parameter.copy_(torch.randn(parameter.shape, generator=generator, dtype=torch.float64))
        x = whole.example_inputs(generator)["x"].double()
        *boxes, masks = whole(x)
        expected = alone(x)
        weights = [torch.randn(each.shape, generator=generator, dtype=torch.float64) for each in (*boxes, masks)]
        required = gradients(alone, expected, weights)
        return {
            "agreement_error": max(map(difference, boxes, expected)),
            "gradient_error": difference(gradients(whole.detector, boxes, weights), required),
            "mask_loss_difference": difference(
                gradients(whole.detector.pyramid, [*boxes, masks], weights), gradients(alone.pyramid, expected, weights)
            ),
        }


def gradients(module: nn.Module, outputs: Sequence[Tensor], weights: Sequence[Tensor]) -> Tensor:
    """Return the gradients of a projection of outputs, with respect to all weights of a module, in a row."""
    total = torch.stack([(each * weight).sum() for each, weight in zip(outputs, weights, strict=False)]).sum()
    found = torch.autograd.grad(total, list(module.parameters()), retain_graph=True)
    return torch.cat([gradient.flatten() for gradient in found])
