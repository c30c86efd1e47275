"""Exact checks of the mean-pooled video captioner."""

from itertools import permutations

import torch

from implementations.architectures.captioning.long_term_recurrent_convolutional_network import (
    LongTermRecurrentConvolutionalNetwork,
)
from implementations.architectures.captioning.mean_pooled_video_captioner import MeanPooledVideoCaptioner
from implementations.claims.agreement import difference


def still_image_is_captioned_as_an_image(generator: torch.Generator) -> float:
    """Return the difference between a video of equal frames, and an image in the network that takes images.

    Both forms are compared, each with the weights and the encoder of the video captioner.
    """
    errors = []
    for factored in (False, True):
        net = MeanPooledVideoCaptioner(factored=factored).double()
        inputs = {name: value.double() for name, value in net.example_inputs(generator, Z=1).items()}
        of_images = LongTermRecurrentConvolutionalNetwork(factored=factored).double()
        of_images.load_state_dict(net.state_dict())
        of_images.cnn = net.cnn  # the image network has one more non-linearity
        video = net(inputs["image"].expand(-1, 6, -1, -1, -1), inputs["words"])
        image = of_images(inputs["image"][:, 0], inputs["words"])
        errors += [difference(a, b) for a, b in zip(video, image, strict=True)]
    return max(errors)


def order_of_frames_is_lost(generator: torch.Generator) -> float:
    """Return the largest difference over all orders of four frames, or infinity if dropping one makes none."""
    net = MeanPooledVideoCaptioner().double()
    inputs = {name: value.double() for name, value in net.example_inputs(generator, Z=4).items()}
    frames, words = inputs["image"], inputs["words"]
    expected = net(frames, words).y
    if difference(net(frames[:, 1:], words).y, expected) < 1e-6:
        return float("inf")
    return max(difference(net(frames[:, list(order)], words).y, expected) for order in permutations(range(4)))
