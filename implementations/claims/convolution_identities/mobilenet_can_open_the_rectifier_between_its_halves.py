"""Exact relation: MobileNet's pair of convolutions can compute Xception's, which has no rectifier in between.

Source: Howard et al. 2017 (howard2017mobilenets); Chollet 2017, sec. 4.7 (chollet2017xception).

Method: a random separable convolution of Xception with its normalisation and a rectifier, at inference. A block of
MobileNet gets its filters. The normalisation in between adds to each channel the sum of the absolute values of its
filter, so that for images with values from -1 to 1 nothing is negative and the rectifier changes nothing. What the 1x1
convolution makes of this constant is added to the mean that the last normalisation subtracts.

Measures:
    agreement_error: difference of the feature maps.
    unshifted_difference: where the normalisation in between adds nothing.
    larger_difference: on images with a hundred times larger values.
"""

import torch
from torch import nn

from implementations.architectures.depthwise_separable.mobilenet import MobileNet
from implementations.architectures.depthwise_separable.xception import separable
from implementations.claims.agreement import difference

INPUTS, OUTPUTS = 4, 6
EPSILON = 1e-5
"""What torch adds to a variance before it divides by the root."""


def run(seed: int) -> dict[str, float]:
    """Compare the two on random images.

    Args:
        seed: Seed of weights and images.

    Returns:
        The measures that the module lists.
    """
    generator = torch.Generator().manual_seed(seed)
    pair = nn.Sequential(*separable(INPUTS, OUTPUTS), nn.ReLU()).double().eval()
    drawn = {name: value for name, value in pair.state_dict().items() if name.endswith(("weight", "bias", "mean"))}
    for value in drawn.values():
        value.normal_(generator=generator)
    x = 2 * torch.rand(3, INPUTS, 7, 6, generator=generator, dtype=torch.float64) - 1
    opened, plain = block(pair, share=1.0), block(pair, share=0.0)
    with torch.no_grad():
        return {
            "agreement_error": difference(opened(x), pair(x)),
            "unshifted_difference": difference(plain(x), pair(x)),
            "larger_difference": difference(opened(100 * x), pair(100 * x)),
        }


def block(pair: nn.Sequential, share: float) -> nn.Module:
    """Return MobileNet's block with the filters of a pair, and a share of what opens its rectifier for all images."""
    given = pair.state_dict()
    added = share * given["0.weight"].abs().sum((1, 2, 3))
    norms = {"weight": torch.ones_like(added), "bias": added, "running_var": torch.full_like(added, 1 - EPSILON)}
    last = {name: value for name, value in given.items() if name.startswith("2.")}
    last["2.running_mean"] = given["2.running_mean"] + given["1.weight"][:, :, 0, 0] @ added
    made: nn.Module = MobileNet(widths=(INPUTS, OUTPUTS), strides=[1]).double().eval().blocks[0]
    made.load_state_dict(
        {"0.weight": given["0.weight"], "3.weight": given["1.weight"]}
        | {f"1.{name}": value for name, value in norms.items()}
        | {name.replace("2.", "4."): value for name, value in last.items()},
        strict=False,
    )
    return made
