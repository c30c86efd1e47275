"""Caption retrieval: find the caption of an image among those of other images.

Source: our own generator, that of the task `scenes_to_captions`.

Shapes: B images, C = 3 channels of colour, H = W = 12 pixels, K texts, T = 9 words, V = 15 words of the vocabulary.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from implementations.concepts.task import scenes_to_captions as scenes
from implementations.concepts.task.scenes_to_captions import ScenesToCaptions
from kb.guards import checked_arguments

WORDS = [word for word in scenes.WORDS if word != "<end>"] + ["<end>"]
NUMBERS = torch.tensor([WORDS.index(word) for word in scenes.WORDS])
PENALTY = 1.0
FITTED = 5000


class CaptionRetrieval:
    """Scenes of one or two coloured shapes, and captions, such as "a red ring above a blue cross".

    In training each image of a batch comes with its caption. In the test, the captions are those of all scenes of two
    objects that were set aside, each once: every object occurs in training, with every other beside it, but no such
    scene. The end of a caption is the last word of the vocabulary, and the words after it are zero.

    Args:
        generator: Draws the scenes.
        batch_size: Scenes of a batch.

    Example:
        >>> inputs, target = CaptionRetrieval(generator=torch.Generator().manual_seed(0)).batch()
        >>> inputs["image"].shape, inputs["text"].shape, target[:3]
        (torch.Size([128, 3, 12, 12]), torch.Size([128, 9, 15]), tensor([0, 1, 2]))
    """

    metric, higher_is_better = "share of right captions", True
    steps, learning_rate = 1000, 2e-3

    @checked_arguments()
    def __init__(self, *, generator: torch.Generator, batch_size: int = 128) -> None:
        self._scenes = ScenesToCaptions(generator=generator, novel="scenes", batch_size=batch_size)
        images, captions = _pairs(*self._scenes.test())
        different, target = captions.unique(dim=0, return_inverse=True)
        self._test = {"image": images, "text": _one_hot(different)}, target

    def batch(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return fresh scenes, the caption of each, and which caption is that of which image."""
        images, captions = _pairs(*self._scenes.batch())
        return {"image": images, "text": _one_hot(captions)}, torch.arange(len(images))

    def test(self) -> tuple[dict[str, Tensor], Tensor]:
        """Return scenes that were set aside, their captions, each once, and which is that of which image."""
        return self._test

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """Return the mean cross-entropy of the right captions."""
        return F.cross_entropy(output, target)

    def score(self, output: Tensor, target: Tensor) -> float:
        """Return the share of images whose own caption has the highest logit."""
        return float((output.argmax(1) == target).float().mean())

    def baseline(self) -> float:
        """Return the score of the captions that are nearest to what a ridge regression predicts from the pixels."""
        drawn = [_pairs(*self._scenes.batch()) for _ in range(FITTED // self._scenes.batch_size + 1)]
        images, words = (torch.cat(part) for part in zip(*drawn, strict=True))
        x, y = _with_one(images), _one_hot(words).flatten(1)
        fitted = torch.linalg.solve(x.T @ x + PENALTY * torch.eye(x.shape[1]), x.T @ y)
        inputs, target = self._test
        return self.score(-torch.cdist(_with_one(inputs["image"]) @ fitted, inputs["text"].flatten(1)), target)


def _pairs(inputs: dict[str, Tensor], target: Tensor) -> tuple[Tensor, Tensor]:
    """Return images, and the numbers of the words of their captions from start to end; after it, -1."""
    following = torch.where(target == scenes.NO_WORD, -1, NUMBERS[target.clamp_min(0)])
    return inputs["image"], F.pad(following, (1, 0), value=NUMBERS[scenes.START])


def _one_hot(captions: Tensor) -> Tensor:
    return F.one_hot(captions + 1, len(WORDS) + 1)[..., 1:].to(torch.get_default_dtype())


def _with_one(images: Tensor) -> Tensor:
    return F.pad(images.flatten(1), (0, 1), value=1.0)


def examples(task: CaptionRetrieval, module: nn.Module, count: int) -> list[dict[str, str | Tensor]]:
    """Return images, their captions, and those that a module takes for them."""
    inputs, target = task.test()
    found = module(**inputs | {"image": inputs["image"][:count]}).argmax(1)
    rows = zip(inputs["image"], inputs["text"][target], inputs["text"][found], strict=False)
    return [{"image": image, "target": _sentence(right), "output": _sentence(own)} for image, right, own in rows]


def _sentence(words: Tensor) -> str:
    """Return the words between start and end."""
    return " ".join(WORDS[number] for number in words.argmax(1)[1 : int(words.sum()) - 1])
