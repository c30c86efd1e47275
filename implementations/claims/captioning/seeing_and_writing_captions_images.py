"""Experiment: an image encoder and a language model, trained jointly, caption scenes unlike those in training.

Source: the lecture, S25; Mao et al. 2014 (mao2014explain), Vinyals et al. 2015 (vinyals2015show).

Method: the library's multimodal recurrent network is trained on generated scenes of one or two coloured shapes. Test
scenes are new in one of two ways. Either two objects never occurred together in training, though each occurred beside
every colour and every shape; or, with another training set, the colour and the shape of one object never occurred
together. A caption counts if every word of it is right, given those before it: greedy decoding writes these captions
without a mistake. A third network gets the images of other scenes, in training and in the test.

Measures:
    scenes: share of captions without a mistake, of test scenes that are new as a whole.
    objects: the same, of test scenes with a new pair of colour and shape.
    blind: as `scenes`, for the network with other images.
    scenes_words, things_words: shares of right words.
    names: the three shares, in the order of scenes, objects and blind.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from implementations.architectures.captioning.multimodal_recurrent_network import MultimodalRecurrentNetwork
from implementations.concepts.task.scenes_to_captions import SIDE, VOCABULARY, ScenesToCaptions
from kb.training import fit

SIZES, STEPS = {"units": 32, "width": 64, "filters": 16}, 1400


class OtherScenes(ScenesToCaptions):
    """The captions of scenes, with the images of others."""

    def _draw(self, size: int, *, new: bool) -> tuple[dict[str, Tensor], Tensor]:
        inputs, target = super()._draw(size, new=new)
        return {**inputs, "image": inputs["image"].roll(1, 0)}, target


def run(seed: int) -> dict[str, float | list[float]]:
    """Train three networks, and count their captions without a mistake.

    Args:
        seed: Seed of weights and scenes.

    Returns:
        The measures that the module lists.
    """
    scenes, scenes_words = captioned(ScenesToCaptions, "scenes", seed)
    objects, objects_words = captioned(ScenesToCaptions, "objects", seed)
    blind, _ = captioned(OtherScenes, "scenes", seed)
    return {
        "scenes": scenes,
        "objects": objects,
        "blind": blind,
        "scenes_words": scenes_words,
        "objects_words": objects_words,
        "names": [scenes, objects, blind],
    }


def captioned(kind: Callable[..., ScenesToCaptions], novel: str, seed: int) -> tuple[float, float]:
    """Train a network, and return the shares of whole captions and of words that are right in the test."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = MultimodalRecurrentNetwork(vocabulary=VOCABULARY, side=SIDE, **SIZES)
    task = kind(generator=torch.Generator().manual_seed(seed), novel=novel)
    fit(network, task, steps=STEPS)
    inputs, target = task.test()
    with torch.no_grad():
        output = network(**inputs)
    return task.whole(output, target), task.score(output, target)
